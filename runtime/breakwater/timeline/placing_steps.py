"""Events of states: entered, exited, aborted, and JSONata that could not be evaluated."""

from datetime import datetime
from itertools import islice

from breakwater.timeline.bench import LOOKED_AT, Bench, Details
from breakwater.timeline.builders import (
    Place,
    Round,
    Scope,
    StepBuilder,
    step_at,
    touch,
    touch_scope,
)
from breakwater.timeline.event_rules import Rule
from breakwater.timeline.freezing import freeze_step
from breakwater.timeline.payload_text import payload_text
from breakwater.timeline.statuses import (
    ABORTED,
    CAUGHT,
    FAILED,
    INTERRUPTED,
    RUNNING,
    SUCCEEDED,
    UNKNOWN,
)

_LANES_LOOKED_AT = 40  # what AWS runs of an inline Map at the same time
_UNNAMED = "(unnamed)"


def entered(
    bench: Bench, rule: Rule, number: int, at: Place | None, when: datetime, details: Details
) -> Place | None:
    """`…StateEntered`: always a new step."""
    name = details.get("name")
    if name.__class__ is not str:
        name = _UNNAMED if name is None else str(name)
    scope = _scope_for(bench, name, at, when)
    while scope.owner is not None and scope.owner.exited is not None:
        if bench.resumed and scope.owner.status in INTERRUPTED:
            bench.reopen(scope.owner)
        else:
            scope = scope.owner.scope
    if scope.owner is None:
        # A redrive goes on from a step of the segment before; what follows is of the newest.
        scope = bench.segments[-1].root
    elif scope.status != RUNNING:
        bench.reopen_lane(scope)
    path = scope.prefix + name
    bench.visits[path] = occurrence = bench.visits.get(path, 0) + 1
    bench.steps += 1
    given = details.get("input")
    step = StepBuilder(
        bench.steps,
        name,
        rule.of,
        occurrence,
        when,
        number,
        given if given.__class__ is str else payload_text(given),
        scope,
        path,
        len(bench.segments) - 1,
    )
    if scope.round is not None and not scope.steps:
        scope.round.fresh.pop(scope, None)
    scope.steps.append(step)
    if scope.view is not None:
        touch_scope(scope)
    if rule.of == "Fail":  # it has no Exited: it ends with being entered
        step.exited = when
        step.status = FAILED
        step.doomed = True
    elif bench.over:
        step.status = UNKNOWN
        step.exited = when
    else:
        bench.opened(step)
    return step


def exited(
    bench: Bench, rule: Rule, number: int, at: Place | None, when: datetime, details: Details
) -> Place | None:
    """`…StateExited`: the open step of that name, around the place or anywhere."""
    name = details.get("name")
    step = step_at(at)
    while step is not None and (step.exited is not None or step.name != name):
        step = step.scope.owner
    if step is None:
        step = _exiting(bench, rule, at, name if name.__class__ is str else None)
        if step is None:
            return None
    if step.rounds is not None:
        status = FAILED if step.doomed else SUCCEEDED
        for scope in list(step.rounds[-1].open):
            bench.close_scope(scope, when, _lane_status(scope, status), ABORTED)
    output = details.get("output")
    step.output = output if output.__class__ is str else payload_text(output)
    step.exited_event = number
    if step.attempts is not None and step.attempts[-1].ended is None:
        # The event that tells its end is missing; that the step was left tells it as well.
        step.attempts[-1].ended = when
        step.attempts[-1].status = UNKNOWN
    bench.close(step, when, SUCCEEDED if step.went_wrong() is None else CAUGHT)
    if step.lanes is None:
        freeze_step(step, bench.definition)
    return step


def state_aborted(
    bench: Bench, rule: Rule, _number: int, at: Place | None, when: datetime, _details: Details
) -> Place | None:
    """`…StateAborted`: it has no name and hangs off what failed, so the first that fits is it."""
    around = step_at(at if at is not None else bench.place)
    step = around
    while step is not None:
        if step.exited is None and step.rounds is not None:
            for scope in list(step.rounds[-1].open)[:_LANES_LOOKED_AT]:
                inner = scope.current
                if inner is not None and inner.type == rule.of and inner.rounds is None:
                    bench.interrupt(inner, when, ABORTED)
                    return inner
        step = step.scope.owner
    return around


def evaluation_failed(
    bench: Bench, _rule: Rule, _number: int, at: Place | None, _when: datetime, details: Details
) -> Place | None:
    """`EvaluationFailed`: may hang off the event before its state, so only its name counts."""
    name = details.get("state")
    step = bench.open_step(name) if name.__class__ is str else None
    if step is None:
        step = step_at(at if at is not None else bench.place)
        if step is None or step.exited is not None:
            return None
    step.error = payload_text(details.get("error"))
    step.cause = payload_text(details.get("cause"))
    step.doomed = True
    touch(step)
    return step


# ---- where to


def _scope_for(bench: Bench, name: str, at: Place | None, when: datetime) -> Scope:
    """The segment, branch or iteration that a step is entered in."""
    root = bench.segments[-1].root
    if at is None or (at.__class__ is Scope and at.owner is None):
        return _scope_without_link(bench, name, when) or root
    if at.__class__ is Scope:
        return at
    if at.__class__ is Round:
        return _branch(bench, at, name, when)
    return at.scope  # type: ignore[union-attr]  # a step


def _branch(bench: Bench, started: Round, name: str, when: datetime) -> Scope:
    """The branch that begins with this state: by the definition, else in the order of entry."""
    index = len(started.by_index)
    if bench.definition is not None:
        state = bench.definition.state(name)
        if state is not None and state.branch is not None:
            index = state.branch
    while index in started.by_index:
        index += 1
    return new_lane(started, index, when)


def new_lane(started: Round, index: int, when: datetime) -> Scope:
    """A branch or iteration begins."""
    owner = started.owner
    lane = Scope(owner, started, index, when)
    if owner.lanes is None:
        owner.lanes = []
    owner.lanes.append(lane)
    started.by_index[index] = lane
    started.open[lane] = None
    started.fresh[lane] = None
    touch(owner)
    return lane


def _scope_without_link(bench: Bench, name: str, when: datetime) -> Scope | None:
    """No link, or one that leads nowhere: the definition knows, else the last place does."""
    if bench.resumed:
        for step in islice(bench.interrupted, LOOKED_AT):
            if step.name == name and step.scope.owner is not None:
                del bench.interrupted[step]
                return step.scope
    state = bench.definition.state(name) if bench.definition is not None else None
    if state is not None:
        if state.container is None:
            return None
        owner = bench.open_step(state.container)
        if owner is not None and owner.rounds is not None:
            lane = _lane_of(bench, owner.rounds[-1], state.branch)
            if lane is not None:
                return lane
            if state.branch is not None:
                return new_lane(owner.rounds[-1], state.branch, when)
    place = bench.place
    if place.__class__ is Round:
        return _branch(bench, place, name, when)  # type: ignore[arg-type]
    if place is None:
        return None
    scope: Scope = place if place.__class__ is Scope else place.scope  # type: ignore[union-attr,assignment]
    if scope.current is not None and scope.round is not None and scope.round.fresh:
        return next(iter(scope.round.fresh))  # several iterations began before any step did
    if scope.round is not None and scope.round.owner.exited is not None:
        return scope.round.owner.scope
    return scope


def _lane_of(bench: Bench, started: Round, branch: int | None) -> Scope | None:
    if branch is not None:
        return started.by_index.get(branch)
    place = bench.place
    step = step_at(place)
    scope = place if place.__class__ is Scope else step.scope if step is not None else None
    while scope is not None and scope.round is not started:  # type: ignore[union-attr]
        scope = scope.owner.scope if scope.owner is not None else None  # type: ignore[union-attr]
    if scope is not None and scope.current is None:  # type: ignore[union-attr]
        return scope  # type: ignore[return-value]
    return next(iter(started.fresh), None) or scope  # type: ignore[return-value]


def _exiting(bench: Bench, rule: Rule, at: Place | None, name: str | None) -> StepBuilder | None:
    """The step that is left, when the way up from the place does not lead to it."""
    if name is not None:
        found = bench.container(bench.place, "", name)
        return found if found is not None and found.type == rule.of else None
    step = step_at(at if at is not None else bench.place)
    while step is not None and (step.exited is not None or step.type != rule.of):
        step = step.scope.owner
    return step


def _lane_status(scope: Scope, status: str) -> str:
    if scope.doomed:
        return FAILED
    if status == SUCCEEDED or (scope.current is None and scope.steps):
        return SUCCEEDED
    return ABORTED if scope.status == RUNNING else scope.status
