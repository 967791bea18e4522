"""People hear once that a recovery's objective is at risk, and once that it is missed."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_judgement import watch_objective
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.waits import wait_seconds
from tests.unit.recovery.engine.test_waits import launching
from tests.unit.recovery.made import AT


def with_objective(minutes: int) -> RunState:
    state = launching()
    state.put(replace(state.run, rto_minutes=minutes))
    return state


def told(run: Run) -> list[EventKind]:
    return [event.kind for event in run.outbox]


@given(some.sets(some.integers(0, 200)))
def test_each_once_at_its_time_however_often_the_engine_looks(looks: set[int]) -> None:
    state = with_objective(100)
    for minute in sorted(looks):
        watch_objective(state, AT + timedelta(minutes=minute))
    expected = []
    if any(90 <= minute <= 100 for minute in looks):
        expected.append(EventKind.RTO_AT_RISK)
    if any(minute > 100 for minute in looks):
        expected.append(EventKind.RTO_MISSED)
    assert told(state.run) == expected
    assert state.run.rto_missed == (EventKind.RTO_MISSED in expected)


def test_the_engine_looks_again_when_the_objective_is_reached() -> None:
    state = with_objective(10)
    warned_at = AT + timedelta(minutes=9, seconds=30)
    watch_objective(state, warned_at)
    assert wait_seconds(state, warned_at) <= 30
