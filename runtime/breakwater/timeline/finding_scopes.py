"""In which segment, branch or iteration a step is entered."""

from itertools import islice

from breakwater.timeline.bench import LOOKED_AT, Bench
from breakwater.timeline.builders import Place, Round, Scope, StepBuilder, step_at, touch
from breakwater.timeline.statuses import INTERRUPTED, RUNNING


def scope_for(bench: Bench, name: str, at: Place | None) -> Scope:
    """By the link; where it is missing or leads nowhere, by the definition or the last place."""
    if at is None or (at.__class__ is Scope and at.owner is None):
        scope = _without_link(bench, name)
    else:
        scope = _at(bench, at, name)
    while scope.owner is not None and scope.owner.exited is not None:
        if bench.resumed and scope.owner.status in INTERRUPTED:
            bench.reopen(scope.owner)
        else:
            scope = scope.owner.scope
    if scope.owner is None:
        # A redrive goes on from a step of the segment before; what follows is of the newest.
        return bench.segments[-1].root
    newest = scope.owner.rounds[-1] if scope.owner.rounds else None
    if newest is not None and scope.round is not newest:  # a link into a round that is over
        scope = newest.by_index.get(scope.index) or new_lane(bench, newest, scope.index)
    if scope.status != RUNNING:
        bench.reopen_lane(scope)
    return scope


def new_lane(bench: Bench, started: Round, index: int) -> Scope:
    """A branch or iteration begins."""
    owner = started.owner
    lane = Scope(owner, started, index, bench.now)
    if owner.lanes is None:
        owner.lanes = []
    owner.lanes.append(lane)
    started.by_index[index] = lane
    started.open[lane] = None
    started.fresh[lane] = None
    touch(owner)
    return lane


def _at(bench: Bench, at: Place, name: str) -> Scope:
    if isinstance(at, StepBuilder):
        return at.scope
    if isinstance(at, Scope):
        return at
    if at.owner.exited is not None:
        if not bench.resumed or at.owner.status not in INTERRUPTED:
            return at.owner.scope
        bench.reopen(at.owner)
    return _branch(bench, at, name)


def _branch(bench: Bench, started: Round, name: str) -> Scope:
    """The branch that begins with this state: by the definition, else in the order of entry."""
    state = bench.definition.state(name) if bench.definition is not None else None
    started = started.owner.rounds[-1] if started.owner.rounds else started
    index = len(started.by_index)
    if state is not None and state.branch is not None:
        index = state.branch
    while index in started.by_index:
        index += 1
    return new_lane(bench, started, index)


def _without_link(bench: Bench, name: str) -> Scope:
    return (
        _of_interrupted(bench, name) or _by_definition(bench, name) or _by_last_place(bench, name)
    )


def _of_interrupted(bench: Bench, name: str) -> Scope | None:
    """After a redrive: where the state of this name was interrupted."""
    if not bench.resumed:
        return None
    for step in islice(bench.interrupted, LOOKED_AT):
        if step.name == name and step.scope.owner is not None:
            del bench.interrupted[step]
            return step.scope
    return None


def _by_definition(bench: Bench, name: str) -> Scope | None:
    """The open branch or iteration that the state can be in."""
    state = bench.definition.state(name) if bench.definition is not None else None
    if state is None:
        return None
    if state.container is None:
        return bench.segments[-1].root
    owner = bench.open_step(state.container)
    if owner is None or owner.rounds is None:
        return None
    started = owner.rounds[-1]
    if state.branch is not None:
        return started.by_index.get(state.branch) or new_lane(bench, started, state.branch)
    return _iteration(bench, started)


def _iteration(bench: Bench, started: Round) -> Scope | None:
    """The iteration around the last place, or the first that nothing was entered in yet."""
    place = bench.place
    step = step_at(place)
    scope = place if isinstance(place, Scope) else step.scope if step is not None else None
    while scope is not None and scope.round is not started:
        scope = scope.owner.scope if scope.owner is not None else None
    if scope is not None and scope.current is None:
        return scope
    return next(iter(started.fresh), None) or scope


def _by_last_place(bench: Bench, name: str) -> Scope:
    place = bench.place
    if place is None:
        return bench.segments[-1].root
    scope = _at(bench, place, name)
    if scope.current is not None and scope.round is not None and scope.round.fresh:
        return next(iter(scope.round.fresh))  # several iterations began before any step did
    return scope
