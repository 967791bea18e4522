"""Events of Parallel and Map states: rounds, iterations, and runs of a distributed Map."""

from breakwater.timeline.bench import Bench, Details, ended_as
from breakwater.timeline.builders import Place, Round, Scope, StepBuilder, touch
from breakwater.timeline.canonical import whole_number
from breakwater.timeline.definition import MAX_DEPTH
from breakwater.timeline.event_rules import Rule
from breakwater.timeline.finding_scopes import new_lane
from breakwater.timeline.payload_text import payload_text
from breakwater.timeline.statuses import ABORTED, FAILED, RUNNING, SUCCEEDED


def round_started(bench: Bench, rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`ParallelStateStarted`, `MapStateStarted`: all branches or iterations begin, or begin again.

    A retry hangs off an event inside the branch that failed; nothing tells that the round before
    has ended.
    """
    when = bench.now
    owner = bench.container(at, rule.of, unsettled=True)
    if owner is None or owner.scope.depth >= MAX_DEPTH:
        return None
    if owner.rounds is None:
        owner.rounds = []
    elif owner.rounds:
        bench.doom(at, owner)
        for scope in list(owner.rounds[-1].open):
            bench.close_scope(scope, when, ended_as(scope), ABORTED)
    owner.culprit = owner.error = owner.cause = None
    owner.doomed = False
    started = Round(owner, len(owner.rounds) + 1, whole_number(details.get("length")))
    owner.rounds.append(started)
    if owner.view is not None:
        touch(owner)
    return started


def round_ended(bench: Bench, rule: Rule, at: Place | None, _details: Details) -> Place | None:
    """`ParallelStateSucceeded`, `MapStateFailed` and so on. They have no name."""
    when = bench.now
    owner = bench.container(at, rule.of, unsettled=True)
    if owner is None:
        return None
    if rule.status == FAILED:
        culprit = bench.doom(at, owner)
        if owner.culprit is None:
            owner.culprit = culprit
        owner.doomed = owner.settled = True
    if owner.rounds is not None:
        for scope in list(owner.rounds[-1].open):
            status = SUCCEEDED if rule.status == SUCCEEDED else ended_as(scope)
            bench.close_scope(scope, when, status, ABORTED)
    if rule.status == ABORTED:
        bench.interrupt(owner, when, ABORTED)
    if owner.view is not None:
        touch(owner)
    return owner


def iteration_started(
    bench: Bench, _rule: Rule, at: Place | None, details: Details
) -> Place | None:
    """`MapIterationStarted`: of the Map that it names; its link may lead into another iteration."""
    owner = _map(bench, at, details)
    if owner is None:
        return None
    if owner.rounds is None:
        if owner.scope.depth >= MAX_DEPTH:
            return None
        owner.rounds = [Round(owner, 1, None)]
    started = owner.rounds[-1]
    index = whole_number(details.get("index"))
    if index is None:
        index = len(started.by_index)
        while index in started.by_index:
            index += 1
    before = started.by_index.get(index)
    if before is not None:  # begun again, as a redrive does: it counts once
        bench.close_scope(before, bench.now, ended_as(before), ABORTED)
        started.tally[before.status] -= 1
    return new_lane(bench, started, index)


def iteration_ended(bench: Bench, rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`MapIterationSucceeded`, `…Failed`, `…Aborted`."""
    when = bench.now
    owner = _map(bench, at, details)
    if owner is None or owner.rounds is None:
        return None
    index = whole_number(details.get("index"))
    lane = owner.rounds[-1].by_index.get(index) if index is not None else None
    if lane is None:
        return None
    if rule.status == FAILED:
        culprit = _inside(bench, at, lane)
        if owner.culprit is None:
            owner.culprit = culprit
        lane.doomed = True
    if lane.status == RUNNING:
        bench.close_scope(lane, when, rule.status, ABORTED)
    return lane


def map_run(bench: Bench, rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`MapRunStarted` and its like: the iterations are executions of their own."""
    owner = bench.container(at, "Map")
    if owner is None:
        return None
    if details.get("mapRunArn") is not None:
        owner.map_run_arn = payload_text(details["mapRunArn"])
    if rule.status == FAILED:
        owner.doomed = True
        owner.error = payload_text(details.get("error"))
        owner.cause = payload_text(details.get("cause"))
    if owner.view is not None:
        touch(owner)
    return owner


def _map(bench: Bench, at: Place | None, details: Details) -> StepBuilder | None:
    name = details.get("name")
    return bench.container(at, "Map", name if name.__class__ is str else None)


def _inside(bench: Bench, at: Place | None, lane: Scope) -> StepBuilder | None:
    """The step of this iteration that failed, and what is around it bound to fail."""
    step = at if at.__class__ is StepBuilder else lane.current
    while step is not None and step.scope is not lane:
        step = step.scope.owner
    if step is None:
        step = lane.steps[-1] if lane.steps else None
        at = step
    if step is None:
        return None
    return bench.doom(at, lane.owner)
