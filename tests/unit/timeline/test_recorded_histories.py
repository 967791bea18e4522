"""Every history that was recorded on AWS becomes a timeline that keeps all promises."""

import random
from typing import Any

import pytest

from breakwater.timeline import reconstruct
from breakwater.timeline.definition import Definition
from tests.unit.timeline import promises
from tests.unit.timeline.recorded import Events, definitions, each, histories

CONCURRENT = "timeouts-test_timeouts::test_service_lambda_map_timeout"


@pytest.mark.parametrize("events", each(histories()))
def test_nothing_is_left_unplaced_and_every_promise_holds(events: Events) -> None:
    timeline = reconstruct(events)
    assert timeline.unplaced == ()
    promises.check_all(timeline, events)


@pytest.mark.parametrize("events", each(histories()))
def test_every_prefix_works(events: Events) -> None:
    for count in range(len(events) + 1):
        timeline = reconstruct(events[:count])
        assert timeline.unplaced == ()
        promises.check_all(timeline, events[:count])


@pytest.mark.parametrize("events", each(histories()))
def test_extending_event_by_event_equals_reconstructing_at_once(events: Events) -> None:
    promises.step_by_step_equals_at_once(events)


@pytest.mark.parametrize("events", each(histories()))
def test_the_order_in_which_events_come_does_not_matter(events: Events) -> None:
    at_once = reconstruct(events)
    mixed = random.Random(7).sample(events, len(events))
    assert promises.same(reconstruct(reversed(events)), at_once)
    assert promises.same(reconstruct(mixed), at_once)
    assert promises.same(reconstruct(events[::2]).extend(events[1::2]), at_once)
    assert promises.same(at_once.extend(mixed), at_once)


@pytest.mark.parametrize(
    "events", each({name: events for name, events in histories().items() if name != CONCURRENT})
)
def test_without_links_a_history_without_concurrency_tells_the_same(events: Events) -> None:
    unlinked = [_without(event, "previousEventId") for event in events]
    assert promises.same(reconstruct(unlinked), reconstruct(events))


@pytest.mark.parametrize("events", each(histories()))
def test_without_links_even_concurrency_gives_a_timeline_with_every_step(events: Events) -> None:
    unlinked = [_without(event, "previousEventId") for event in events]
    promises.check_all(reconstruct(unlinked), unlinked)


@pytest.mark.parametrize("events", each(histories()))
def test_without_execution_data_the_steps_are_the_same(events: Events) -> None:
    masked = [_masked(event) for event in events]
    told, known = reconstruct(masked), reconstruct(events)
    promises.check_all(told, masked)
    assert [(step.path, step.status) for step in told.steps] == [
        (step.path, step.status) for step in known.steps
    ]
    assert all(step.input is None and step.output is None for step in told.steps)


@pytest.mark.parametrize("definition", each(definitions()))
def test_every_recorded_definition_is_understood(definition: dict[str, Any]) -> None:
    known = Definition(definition)
    pending = reconstruct([], known).pending
    assert {step.name for step in pending} == set(known.states)
    assert all(step.status == "pending" and step.reachable for step in pending)


def test_the_failing_map_names_what_failed_and_what_was_aborted() -> None:
    if CONCURRENT not in histories():
        pytest.skip("no recorded data")
    timeline = reconstruct(histories()[CONCURRENT])
    [the_map, *inside] = timeline.steps
    assert the_map.status == "failed"
    assert [lane.status for lane in the_map.iterations] == ["failed", *["aborted"] * 3]
    assert [step.status for step in inside] == ["timedOut"] * 4
    assert timeline.failure is not None
    assert timeline.failure.step_path == "MapWait[0]/LambdaInvoke"


def _without(event: dict[str, Any], member: str) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != member}


def _masked(event: dict[str, Any]) -> dict[str, Any]:
    hidden = ("input", "output", "parameters", "cause", "error", "assignedVariables")
    return {
        key: {name: inner for name, inner in value.items() if not name.startswith(hidden)}
        if isinstance(value, dict)
        else value
        for key, value in event.items()
    }
