"""Whatever comes: a timeline, never an exception; and what cannot be placed is kept and counted."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakwater.timeline import reconstruct
from breakwater.timeline.canonical import canonical
from breakwater.timeline.event_rules import RULES
from tests.unit.timeline import promises
from tests.unit.timeline.recorded import histories

NAMES = st.sampled_from(["A", "B", "Map", "Parallel", "Wait"])
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DEFINITION = {
    "StartAt": "Parallel",
    "States": {
        "Parallel": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "A", "States": {"A": {"Type": "Task", "End": True}}},
                {
                    "StartAt": "Map",
                    "States": {
                        "Map": {
                            "Type": "Map",
                            "ItemProcessor": {
                                "StartAt": "B",
                                "States": {"B": {"Type": "Task", "End": True}},
                            },
                            "End": True,
                        }
                    },
                },
            ],
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": 1, "End": True},
    },
}


@st.composite
def believable(draw: st.DrawFn, size: int = 25) -> list[dict[str, Any]]:
    """Events of known types with ids in order; their links, names and times are anything."""
    events: list[dict[str, Any]] = []
    for number in range(1, draw(st.integers(0, size)) + 1):
        kind = draw(st.sampled_from(sorted(RULES)))
        details = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "name": NAMES,
                    "state": NAMES,
                    "index": st.integers(0, 3),
                    "length": st.integers(0, 3),
                    "resource": st.sampled_from(["invoke", "startExecution.sync"]),
                    "error": st.sampled_from(["E", "States.Timeout"]),
                    "redriveCount": st.integers(1, 3),
                },
            )
        )
        event = {
            "id": number,
            "type": kind,
            "timestamp": datetime.fromtimestamp(draw(st.integers(0, 2000)), UTC),
            RULES[kind].member: details,
        }
        if draw(st.booleans()):
            event["previousEventId"] = draw(st.integers(0, number + 1))
        events.append(event)
    return events


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
FLAT = (
    LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.text(max_size=5), LEAVES, max_size=3)
)
ANYTHING = (
    FLAT | st.lists(FLAT, max_size=3) | st.dictionaries(st.text(max_size=5), FLAT, max_size=3)
)
MALFORMED = st.one_of(
    ANYTHING,
    st.fixed_dictionaries(
        {"id": ANYTHING | st.integers(1, 20), "type": ANYTHING | st.sampled_from(sorted(RULES))},
        optional={
            "timestamp": ANYTHING | st.sampled_from(["yesterday", "0001-01-01T00:00:00+14:00"]),
            "previousEventId": ANYTHING | st.integers(0, 20),
            "details": ANYTHING,
            "stateEnteredEventDetails": ANYTHING | st.fixed_dictionaries({"name": ANYTHING}),
            "stateExitedEventDetails": ANYTHING | st.fixed_dictionaries({"name": ANYTHING}),
            "taskScheduledEventDetails": st.dictionaries(
                st.sampled_from(["resource", "resourceType", "parameters", "timeoutInSeconds"]),
                ANYTHING,
            ),
            "mapIterationStartedEventDetails": st.fixed_dictionaries(
                {"name": ANYTHING, "index": ANYTHING}
            ),
        },
    ),
)


@PATIENT
@given(believable(), st.sampled_from([None, DEFINITION]))
def test_every_promise_holds_whatever_the_links_and_times_say(
    events: list[dict[str, Any]], definition: Any
) -> None:
    timeline = reconstruct(events, definition)
    promises.check_all(timeline, events)
    assert {id(event) for event in timeline.unplaced} <= {id(event) for event in events}


@PATIENT
@given(believable(15), st.sampled_from([None, DEFINITION]))
def test_extending_equals_reconstructing_whatever_the_links_say(
    events: list[dict[str, Any]], definition: Any
) -> None:
    promises.step_by_step_equals_at_once(events, definition)


@PATIENT
@given(
    st.lists(believable(12), max_size=2).map(lambda parts: list(chain.from_iterable(parts))),
    st.randoms(),
)
def test_any_order_and_any_overlap_tell_the_same(events: list[dict[str, Any]], random: Any) -> None:
    events = list({event["id"]: event for event in events}.values())
    mixed = [*events, *events]
    random.shuffle(mixed)
    assert promises.same(reconstruct(mixed), reconstruct(events))
    timeline = reconstruct([])
    for event in mixed:
        timeline = timeline.extend([event])
    assert promises.same(timeline, reconstruct(events))


@PATIENT
@given(st.lists(MALFORMED, max_size=12))
def test_malformed_events_give_a_timeline_and_are_kept(events: list[Any]) -> None:
    timeline = reconstruct(events)
    timeline.to_json()
    repr((timeline, timeline.failure, timeline.current, timeline.pending))
    taken = {event["id"] for event in timeline.events}
    for event in events:
        read = canonical(event)
        if read is None:
            assert any(event is kept for kept in timeline.unplaced)
        else:
            assert read["id"] in taken


@PATIENT
@given(st.data())
def test_a_recorded_history_with_damage_still_has_every_step(data: st.DataObject) -> None:
    if not histories():
        return
    events = list(histories()[data.draw(st.sampled_from(sorted(histories())))])
    damaged = []
    for event in events:
        what = data.draw(st.sampled_from(["keep", "keep", "drop", "unlink", "mislink", "unname"]))
        if what == "drop":
            continue
        changed = dict(event)
        if what == "unlink":
            changed.pop("previousEventId", None)
        elif what == "mislink":
            changed["previousEventId"] = data.draw(st.integers(0, len(events)))
        elif what == "unname":
            changed = {key: value for key, value in changed.items() if not key.endswith("Details")}
        damaged.append(changed)
    promises.check_all(reconstruct(damaged), damaged)


def test_an_unknown_type_is_kept_and_counted() -> None:
    events = [
        {"id": 1, "type": "ExecutionStarted", "timestamp": 0},
        {"id": 2, "type": "QuantumStateEntangled", "timestamp": 1},
        {"id": 3, "type": "QuantumStateEntered", "stateEnteredEventDetails": {"name": "Q"}},
    ]
    timeline = reconstruct(events)
    assert timeline.unplaced == (events[1],)
    assert [(step.name, step.type, step.status) for step in timeline.steps] == [
        ("Q", "Quantum", "running")
    ]


def test_an_event_that_contradicts_a_known_one_is_counted() -> None:
    first = {"id": 1, "type": "ExecutionStarted", "timestamp": 0}
    other = {"id": 1, "type": "ExecutionFailed", "timestamp": 0}
    assert reconstruct([first, other]).unplaced == (other,)
    assert reconstruct([first]).extend([other, first]).unplaced == (other,)


def test_states_in_each_other_without_end_do_not_exhaust_anything() -> None:
    events: list[dict[str, Any]] = [{"id": 1, "type": "ExecutionStarted", "timestamp": 0}]

    def add(kind: str, member: str, **details: Any) -> None:
        number = len(events) + 1
        events.append({"id": number, "type": kind, "previousEventId": number - 1, member: details})

    for _ in range(3000):
        add("MapStateEntered", "stateEnteredEventDetails", name="Deeper")
        add("MapStateStarted", "mapStateStartedEventDetails", length=1)
        add("MapIterationStarted", "mapIterationStartedEventDetails", name="Deeper", index=0)
    timeline = reconstruct(events)
    assert len(timeline.steps) == 3000
    assert timeline.unplaced
    assert repr(timeline.to_json())


def test_what_a_timeline_tells_does_not_change_when_it_is_extended() -> None:
    events = [
        {"id": 1, "type": "ExecutionStarted", "timestamp": 0},
        {"id": 2, "type": "WaitStateEntered", "stateEnteredEventDetails": {"name": "W"}},
        {"id": 3, "type": "WaitStateExited", "stateExitedEventDetails": {"name": "W"}},
        {"id": 4, "type": "ExecutionSucceeded", "timestamp": 9},
    ]
    early = reconstruct(events[:2])
    before = (early.execution, early.segments)
    late = early.extend(events[2:])
    other = early.extend(events[2:3])
    assert (early.execution, early.segments) == before
    assert [step.status for step in early.current] == ["running"]
    assert late.execution.status == "SUCCEEDED"
    assert promises.same(other, reconstruct(events[:3]))
    assert early.events == events[:2]


def test_a_timeline_cannot_be_changed() -> None:
    timeline = reconstruct([])
    with pytest.raises(AttributeError, match="never changes"):
        timeline.segments = ()
    with pytest.raises(AttributeError, match="never changes"):
        del timeline.execution
    with pytest.raises(AttributeError):
        timeline.execution.status = "SUCCEEDED"  # type: ignore[misc]


def test_records_of_cloudwatch_logs_tell_the_same() -> None:
    """As an Express execution's log has them: numbers as text, other names for some members."""
    events = [
        {"id": 1, "type": "ExecutionStarted", "timestamp": 1000.0, "previousEventId": 0},
        {
            "id": 2,
            "type": "PassStateEntered",
            "timestamp": 1001.0,
            "previousEventId": 0,
            "stateEnteredEventDetails": {"name": "A", "input": "{}"},
        },
        {
            "id": 3,
            "type": "PassStateExited",
            "timestamp": 1002.5,
            "previousEventId": 2,
            "stateExitedEventDetails": {"name": "A", "output": "{}"},
        },
        {"id": 4, "type": "ExecutionSucceeded", "timestamp": 1003.0, "previousEventId": 3},
    ]
    records = [
        {
            "id": str(event["id"]),
            "type": event["type"],
            "previous_event_id": str(event["previousEventId"]),
            "event_timestamp": str(int(float(str(event["timestamp"])) * 1000) + 10**12),
            "details": next((event[key] for key in event if key.endswith("Details")), {}),
        }
        for event in events
    ]
    told = reconstruct(records)
    assert told.unplaced == ()
    assert [(step.name, step.duration, step.input) for step in told.steps] == [("A", 1.5, "{}")]
    assert told.execution.status == "SUCCEEDED"


@pytest.mark.parametrize("number", [-5, -1, "x", True, None, 1.5])
@pytest.mark.parametrize("first", [True, False])
def test_what_is_no_event_costs_no_other_its_place(number: object, first: bool) -> None:
    history = [
        {"id": 1, "type": "ExecutionStarted", "timestamp": 0},
        {"id": 2, "type": "PassStateEntered", "stateEnteredEventDetails": {"name": "A"}},
        {"id": 3, "type": "ExecutionSucceeded", "timestamp": 9},
    ]
    none = {"id": number, "type": "PassStateEntered"}
    timeline = reconstruct([none, *history] if first else [*history, none])
    assert timeline.events == history
    assert timeline.unplaced == (none,)
    assert timeline.execution.status == "SUCCEEDED"
    assert promises.same(reconstruct(history).extend([none]), timeline)


@pytest.mark.parametrize(
    "at",
    [
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=5))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
    ],
)
def test_a_moment_beyond_the_calendar_is_none(at: datetime) -> None:
    history = [
        {"id": 1, "type": "ExecutionStarted", "timestamp": 0},
        {"id": 2, "type": "PassStateEntered", "stateEnteredEventDetails": {}, "timestamp": at},
    ]
    timeline = reconstruct(history)
    assert timeline.execution.start == timeline.steps[0].entered
    assert timeline.to_json()["segments"][0]["steps"][0]["entered"] == "1970-01-01T00:00:00.000Z"


def test_whoever_polls_with_an_overlap_makes_nothing_grow() -> None:
    history = [
        {"id": 1, "type": "ExecutionStarted", "timestamp": 0},
        {"id": 2, "type": "WaitStateEntered", "stateEnteredEventDetails": {"name": "W"}},
    ]
    contradiction = {"id": 2, "type": "Other"}
    timeline = reconstruct(history).extend([contradiction])
    before = len(timeline._engine.given)
    for _ in range(10):
        timeline = timeline.extend([*history, *history])
    assert len(timeline._engine.given) == before
    late = [{"id": 4, "type": "ExecutionAborted"}, {"id": 3, "type": "Later"}]
    assert promises.same(
        timeline.extend(late), reconstruct([*history, contradiction, *history, *late])
    )
