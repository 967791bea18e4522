"""What holds for the timeline of every history, whole or in part, in order or not."""

from typing import Any

from breakwater.timeline import Timeline, reconstruct
from breakwater.timeline.statuses import RUNNING, STATUSES
from breakwater.timeline.step import Lane, Step

Events = list[dict[str, Any]]


def check_all(timeline: Timeline, events: Events) -> None:
    """Every promise that needs no comparison with another timeline."""
    every_entered_is_one_step(timeline, events)
    attempts_add_up(timeline, events)
    durations_are_not_negative(timeline)
    children_lie_within_their_parent(timeline)
    words_are_known(timeline)
    nothing_is_open_when_it_is_over(timeline)
    every_visit_has_a_name_of_its_own(timeline)
    json_holds_each_step_once(timeline)


def same(one: Timeline, other: Timeline) -> bool:
    """Do two timelines tell the same?"""
    return (one.execution, one.segments, one.unplaced) == (
        other.execution,
        other.segments,
        other.unplaced,
    )


def every_entered_is_one_step(timeline: Timeline, events: Events) -> None:
    entered = sorted(event["id"] for event in events if event["type"].endswith("StateEntered"))
    assert [step.entered_event for step in timeline.steps] == entered
    assert [step.number for step in timeline.steps] == list(range(1, len(entered) + 1))


def attempts_add_up(timeline: Timeline, events: Events) -> None:
    unplaced = {id(event) for event in timeline.unplaced}
    scheduled = [
        event
        for event in events
        if event["type"] in ("TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled")
        and id(event) not in unplaced
    ]
    assert sum(len(step.attempts) for step in timeline.steps) == len(scheduled)


def durations_are_not_negative(timeline: Timeline) -> None:
    for step in timeline.steps:
        assert step.exited is None or step.exited >= step.entered
        for lane in step.lanes:
            assert lane.ended is None or lane.ended >= lane.started
        for attempt in step.attempts:
            moments = [attempt.scheduled, attempt.started, attempt.submitted, attempt.ended]
            known = [moment for moment in moments if moment is not None]
            assert known == sorted(known)
            assert attempt.backoff is None or attempt.backoff >= 0


def children_lie_within_their_parent(timeline: Timeline) -> None:
    for step in timeline.steps:
        for lane in step.lanes:
            assert lane.started >= step.entered
            _within(lane.ended, step.exited)
            for child in lane.steps:
                assert child.entered >= lane.started
                _within(child.exited, lane.ended)
                assert child.exited is not None or lane.status == RUNNING
        for attempt in step.attempts:
            assert attempt.scheduled >= step.entered
            _within(attempt.ended, step.exited)


def _within(inner: Any, outer: Any) -> None:
    assert outer is None or (inner is not None and inner <= outer)


def words_are_known(timeline: Timeline) -> None:
    for step in timeline.steps:
        assert step.status in STATUSES
        assert all(lane.status in STATUSES for lane in step.lanes)
        assert all(attempt.status in STATUSES for attempt in step.attempts)
        if step.counts is not None:
            counts = step.counts
            assert counts.started == (
                counts.running + counts.succeeded + counts.failed + counts.aborted
            )
            newest = [lane for lane in step.lanes if lane.round == step.rounds]
            assert counts.running == sum(lane.status == RUNNING for lane in newest)


def nothing_is_open_when_it_is_over(timeline: Timeline) -> None:
    if timeline.execution.status in ("RUNNING", "UNKNOWN"):
        return
    assert not timeline.current
    for step in timeline.steps:
        things: tuple[Step | Lane | Any, ...] = (step, *step.lanes, *step.attempts)
        assert all(thing.status != RUNNING for thing in things)


def every_visit_has_a_name_of_its_own(timeline: Timeline) -> None:
    names = [(step.path, step.occurrence) for step in timeline.steps]
    assert len(set(names)) == len(names)


def json_holds_each_step_once(timeline: Timeline) -> None:
    found: list[int] = []
    waiting: list[Any] = [timeline.to_json()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "name" in value and "type" in value and value.get("status") != "pending":
                found.append(value["number"])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    assert sorted(found) == [step.number for step in timeline.steps]


def step_by_step_equals_at_once(events: Events, definition: Any = None) -> None:
    timeline = reconstruct([], definition)
    for count, event in enumerate(events, 1):
        timeline = timeline.extend([event])
        at_once = reconstruct(events[:count], definition)
        assert same(timeline, at_once)
