"""What Step Functions carries: small, whatever people write; and awake when a pause is over."""

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from breakwater.recovery.engine.run import LONGEST_OPEN, Run
from breakwater.recovery.engine.state_object import TO_PAUSE_SECONDS, encoded, state_object
from breakwater.recovery.engine.status import RunStatus
from tests.unit.recovery.made_run import START, at, run

DAY = 24 * 60


def paused(minutes: float, **more: object) -> Run:
    """Since so many minutes after the start."""
    return run(status=RunStatus.PAUSED, paused_since=at(minutes), **more)


@given(some.text(alphabet='aé停🌊"\\\n\x01', max_size=2000))
def test_it_is_two_kilobytes_at_most(cause: str) -> None:
    told = encoded(state_object(run(cause=cause), at(1)))
    assert len(told.encode()) <= 2048
    assert (cause or "RUNNING").startswith(json.loads(told)["cause"])


def test_a_cause_of_ordinary_length_is_told_whole() -> None:
    cause = "Wave app a: 1 of 2 servers did not launch. " * 20
    assert state_object(run(cause=cause), at(1))["cause"] == cause


def test_the_machine_wakes_when_the_pause_is_over_and_not_before() -> None:
    """Its clock began to run before the token was kept."""
    begins = at(10)
    kept = begins + timedelta(seconds=3)
    waits = state_object(run(), begins)["pauseTimeoutSeconds"]
    ends = replace(run(), status=RunStatus.PAUSED, paused_since=kept).pause_deadline()
    assert ends is not None
    assert ends <= begins + timedelta(seconds=waits) <= ends + timedelta(seconds=TO_PAUSE_SECONDS)


def test_a_machine_that_woke_too_early_waits_for_the_rest() -> None:
    waits = state_object(paused(10), at(10 + 119))["pauseTimeoutSeconds"]
    assert waits == 60 + TO_PAUSE_SECONDS


def test_a_pause_ends_before_step_functions_ends_the_execution() -> None:
    long = paused(3 * DAY, pause_timeout_minutes=364 * DAY)
    assert long.pause_deadline() == START + LONGEST_OPEN
    assert paused(3 * DAY, pause_timeout_minutes=DAY).pause_deadline() == at(4 * DAY)
    old = paused(365 * DAY, pause_timeout_minutes=DAY)
    assert old.pause_deadline() == old.paused_since, "it is over at once"
