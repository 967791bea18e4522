"""Events of states: entered, exited, aborted, and JSONata that could not be evaluated."""

from itertools import islice

from breakwater.timeline.bench import Bench, Details, ended_as
from breakwater.timeline.builders import (
    Place,
    StepBuilder,
    step_at,
    touch,
    touch_scope,
)
from breakwater.timeline.event_rules import Rule
from breakwater.timeline.finding_scopes import scope_for
from breakwater.timeline.freezing import freeze_step
from breakwater.timeline.lambda_error import parsed_object
from breakwater.timeline.payload_text import payload_text
from breakwater.timeline.statuses import (
    ABORTED,
    CAUGHT,
    FAILED,
    SUCCEEDED,
    UNKNOWN,
)

_LANES_LOOKED_AT = 40  # what AWS runs of an inline Map at the same time
_UNNAMED = "(unnamed)"


def entered(bench: Bench, rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`…StateEntered`: always a new step."""
    when = bench.now
    name = details.get("name")
    if name.__class__ is not str:
        name = _UNNAMED if name is None else str(name)
    scope = scope_for(bench, name, at)
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
        bench.event,
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
        step.exited, step.status, step.doomed = when, FAILED, True
        scope.left = when
    elif bench.over:
        step.exited, step.status = when, UNKNOWN
    else:
        bench.opened(step)
    return step


def exited(bench: Bench, rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`…StateExited`: the open step of that name, around the place or anywhere."""
    when = bench.now
    name = details.get("name")
    step = step_at(at)
    while step is not None and (step.exited is not None or step.name != name):
        step = step.scope.owner
    if step is None:
        step = _exiting(bench, rule, at, name if name.__class__ is str else None)
        if step is None:
            return None
    if step.rounds is not None:
        for scope in list(step.rounds[-1].open):
            status = ended_as(scope) if step.doomed or scope.doomed else SUCCEEDED
            bench.close_scope(scope, when, status, ABORTED)
    output = details.get("output")
    step.output = output if output.__class__ is str else payload_text(output)
    step.exited_event = bench.event
    if step.attempts is not None and step.attempts[-1].ended is None:
        # The event that tells its end is missing; that the step was left tells it as well.
        step.attempts[-1].ended = when
        step.attempts[-1].status = UNKNOWN
    caught = step.went_wrong() is not None
    if caught and step.rounds is not None and step.error is None:
        step.error, step.cause = _caught(step)
    bench.close(step, when, CAUGHT if caught else SUCCEEDED)
    if step.lanes is None:
        freeze_step(step, bench.definition)
    return step


def state_aborted(bench: Bench, rule: Rule, at: Place | None, _details: Details) -> Place | None:
    """`…StateAborted`: it has no name and hangs off what failed, so the first that fits is it."""
    when = bench.now
    around = step_at(at if at is not None else bench.place)
    step = around
    while step is not None:
        if step.exited is None and step.rounds is not None:
            for scope in islice(step.rounds[-1].open, _LANES_LOOKED_AT):
                inner = scope.current
                if inner is not None and inner.type == rule.of and inner.rounds is None:
                    bench.interrupt(inner, when, ABORTED)
                    return inner
        step = step.scope.owner
    return around


def evaluation_failed(
    bench: Bench, _rule: Rule, at: Place | None, details: Details
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


def _caught(step: StepBuilder) -> tuple[str | None, str | None]:
    """What a Parallel or Map handed to its Catch: no event tells it, only what failed inside, or
    the output, which is `{Error, Cause}` where no ResultPath puts that elsewhere.
    """
    culprit = step.culprit
    if culprit is not None and culprit.attempts is not None:
        last = culprit.attempts[-1]
        return last.error, last.cause
    told = parsed_object(step.output)
    if told is None or not told.keys() <= {"Error", "Cause"}:
        return None, None
    return payload_text(told.get("Error")), payload_text(told.get("Cause"))


def _exiting(bench: Bench, rule: Rule, at: Place | None, name: str | None) -> StepBuilder | None:
    """The step that is left, when the way up from the place does not lead to it."""
    if name is not None:
        found = bench.container(bench.place, "", name)
        return found if found is not None and found.type == rule.of else None
    step = step_at(at if at is not None else bench.place)
    while step is not None and (step.exited is not None or step.type != rule.of):
        step = step.scope.owner
    return step
