"""How long the engine waits: bounded, shorter near the end, never too often for a history."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery import limits
from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import JobStatus, RunStatus, ServerStatus, WaveStatus
from breakwater.recovery.engine.waits import wait_seconds
from breakwater.recovery.engine.wave_run import WaveRun
from tests.unit.recovery.made import AT, HERE, server_id

EVENTS_PER_LOOK = 9
"""Wait entered and exited, task entered, scheduled, started, succeeded, exited, choice both."""


def launching(*, expected: float | None = None, timeout_minutes: int = 7 * 24 * 60) -> RunState:
    """A run whose only wave has launched one server at AT."""
    run = Run(
        execution_id="r",
        plan_id="p",
        plan_name="shop",
        is_drill=True,
        status=RunStatus.RUNNING,
        requested_by="anna",
        started_at=AT,
        begun_at=AT,
        timeout_minutes=30 * 24 * 60,
        pause_timeout_minutes=60,
    )
    wave = WaveRun(
        execution_id="r",
        index=0,
        name="w",
        status=WaveStatus.LAUNCHING,
        started_at=AT,
        timeout_minutes=timeout_minutes,
        expected_seconds=expected,
    )
    server = ServerRun(
        execution_id="r",
        wave_index=0,
        account_id=HERE.account_id,
        region=HERE.region,
        server_id=server_id(1),
        name="db",
        status=ServerStatus.LAUNCHING,
    )
    job = JobRun(
        execution_id="r",
        wave_index=0,
        number=0,
        account_id=HERE.account_id,
        region=HERE.region,
        server_ids=(server_id(1),),
        status=JobStatus.OPEN,
        job_id="drsjob-1",
        started_at=AT,
    )
    state = RunState(run)
    state.put(wave, server, job)
    return state


def looks_until(state: RunState, minutes: float, *, anew: bool = False) -> int:
    """How often one looks in so many minutes; `anew`: the wave begins again every half hour."""
    now, looks = AT, 0
    while now < AT + timedelta(minutes=minutes):
        state.put(replace(state.run, polls=looks))
        if anew and (now - AT) % timedelta(minutes=30) < timedelta(seconds=120):
            state.put(*(replace(job, started_at=now) for job in state.jobs.values()))
        now += timedelta(seconds=wait_seconds(state, now))
        looks += 1
    return looks


def test_a_wave_of_a_quarter_of_an_hour_is_looked_at_twenty_times_at_most() -> None:
    assert looks_until(launching(), 15) <= 20


def test_what_was_learned_moves_the_frequent_looks_to_the_expected_end() -> None:
    assert looks_until(launching(expected=3600), 30) < looks_until(launching(), 30)


@pytest.mark.parametrize("anew", [False, True])
def test_a_day_of_waves_is_12500_events_at_most(anew: bool) -> None:
    assert looks_until(launching(), 24 * 60, anew=anew) * EVENTS_PER_LOOK <= 12_500


@pytest.mark.parametrize("status", [RunStatus.PAUSING, RunStatus.CANCELLING])
def test_what_a_person_asked_for_takes_effect_within_half_a_minute(status: RunStatus) -> None:
    state = launching()
    state.put(replace(state.run, status=status, polls=5000))
    assert wait_seconds(state, AT + timedelta(seconds=1)) <= 30


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_history_lasts_until_the_plans_time_is_over(days: int) -> None:
    """Whatever calls for a look: here jobs that wait for a place, as they do every half minute."""
    state = launching()
    state.put(replace(state.run, timeout_minutes=days * 24 * 60))
    state.put(*(replace(job, status=JobStatus.QUEUED) for job in state.jobs.values()))
    assert looks_until(state, days * 24 * 60) * EVENTS_PER_LOOK <= 24_500
    assert limits.MAX_PLAN_TIMEOUT_MINUTES == 3 * 24 * 60


@pytest.mark.parametrize(("days", "hours"), [(1, 20), (3, 4)])
def test_a_wave_that_is_held_is_let_go_within_half_a_minute_while_the_history_allows_it(
    days: int, hours: int
) -> None:
    state = launching()
    held = replace(state.waves[0], index=1, name="v", status=WaveStatus.HELD, started_at=None)
    state.put(replace(held, held_at=AT), replace(state.run, timeout_minutes=days * 24 * 60))
    assert looks_until(state, hours * 60) >= hours * 60 * 2
    assert looks_until(state, days * 24 * 60) * EVENTS_PER_LOOK <= 24_500


def test_a_cleanup_after_the_end_is_looked_at_every_quarter_of_a_minute() -> None:
    state = launching()
    step = CompensationStep(
        execution_id="r",
        round=1,
        number=0,
        name="s",
        account_id=HERE.account_id,
        region=HERE.region,
        instances={},
        wave_index=0,
    )
    ended = replace(state.run, status=RunStatus.COMPLETED, rto_minutes=5, polls=500)
    state.put(ended, step)
    assert wait_seconds(state, AT + timedelta(days=40)) == 15


def test_one_looks_when_a_waves_time_is_over_not_two_minutes_later() -> None:
    state = launching(timeout_minutes=5)
    assert wait_seconds(state, AT + timedelta(minutes=4)) == 60


@given(
    passed=some.floats(min_value=0, max_value=10**7),
    expected=some.none() | some.floats(min_value=0, max_value=10**6),
    polls=some.integers(min_value=0, max_value=10**5),
)
def test_every_wait_is_between_5_and_120_seconds(
    passed: float, expected: float | None, polls: int
) -> None:
    state = launching(expected=expected)
    state.put(replace(state.run, polls=polls))
    assert 5 <= wait_seconds(state, AT + timedelta(seconds=passed)) <= 120
