"""What a run becomes, as far as its time goes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run_judgement import judge_run
from breakwater.recovery.engine.status import RunStatus, WaveStatus
from tests.unit.recovery.engine.test_waits import launching
from tests.unit.recovery.made import AT


@pytest.mark.parametrize(
    ("wave", "run", "becomes"),
    [
        (WaveStatus.COMPLETED, RunStatus.RUNNING, RunStatus.COMPLETED),
        (WaveStatus.COMPLETED, RunStatus.PAUSING, RunStatus.COMPLETED),
        (WaveStatus.LAUNCHING, RunStatus.RUNNING, RunStatus.TIMED_OUT),
        (WaveStatus.FAILED, RunStatus.RUNNING, RunStatus.TIMED_OUT),
        (WaveStatus.COMPLETED, RunStatus.CANCELLING, RunStatus.TIMED_OUT),
    ],
)
def test_beyond_its_time_a_run_is_over_but_one_that_has_done_everything_is_complete(
    wave: WaveStatus, run: RunStatus, becomes: RunStatus
) -> None:
    """The look that finds the last servers up may be the one at which the time is over."""
    state = launching()
    state.put(*(replace(one, status=wave) for one in state.waves.values()))
    state.put(replace(state.run, status=run, timeout_minutes=20))
    assert judge_run(state, AT + timedelta(minutes=20)) is becomes


@pytest.mark.parametrize(
    ("resumed", "becomes"),
    [
        (None, RunStatus.TIMED_OUT),
        (Request(by="anna", at=AT, reason="go"), RunStatus.PAUSED),
    ],
)
def test_a_pause_that_somebody_ended_in_time_is_not_over_because_the_answer_came_late(
    resumed: Request | None, becomes: RunStatus
) -> None:
    """It goes on to wait, and is answered at once."""
    state = launching()
    state.put(*(replace(one, status=WaveStatus.HELD) for one in state.waves.values()))
    paused = replace(state.run, status=RunStatus.PAUSED, paused_since=AT, resumed=resumed)
    state.put(replace(paused, pause_timeout_minutes=60))
    assert judge_run(state, AT + timedelta(minutes=61)) is becomes
