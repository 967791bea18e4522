"""Targets, being slow, and how far a workflow is: never more than is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.workflows.progress import by_steps, by_time, counted
from breakwater.workflows.rollups.profile import MachineProfile
from breakwater.workflows.sla.standing import is_slow, standing
from breakwater.workflows.workflow import SlaStatus
from breakwater.workflows.workflow_status import KNOWN

KNOWN_WELL = MachineProfile(state_machine_arn="m", samples=20, p50=60.0, p95=100.0, median_steps=8)
STATUS = st.sampled_from(KNOWN)


@pytest.mark.parametrize(
    ("elapsed", "status", "stands"),
    [
        (89.9, "RUNNING", SlaStatus.ON_TRACK),
        (90.0, "RUNNING", SlaStatus.AT_RISK),
        (100.0, "PAUSED", SlaStatus.AT_RISK),
        (100.1, "RUNNING", SlaStatus.BREACHED),
        (95.0, "COMPLETED", SlaStatus.ON_TRACK),
        (101.0, "FAILED", SlaStatus.BREACHED),
        (None, "GONE", None),
    ],
)
def test_it_is_at_risk_from_nine_tenths_of_its_target(
    elapsed: float | None, status: str, stands: SlaStatus | None
) -> None:
    assert standing(100.0, elapsed, status) is stands


def test_without_a_target_it_stands_nowhere() -> None:
    assert standing(None, 5.0, "RUNNING") is None


def test_it_is_slow_when_it_is_not_on_track_or_slower_than_its_own_p95() -> None:
    assert is_slow("RUNNING", SlaStatus.AT_RISK, 1.0, None)
    assert is_slow("RUNNING", None, 100.1, KNOWN_WELL)
    assert not is_slow("RUNNING", SlaStatus.ON_TRACK, 99.0, KNOWN_WELL)
    few = MachineProfile(state_machine_arn="m", samples=19, p95=1.0)
    assert not is_slow("RUNNING", None, 100.0, few)
    assert not is_slow("COMPLETED", SlaStatus.BREACHED, 100.0, KNOWN_WELL)


@given(status=STATUS, done=st.integers(0, 10**6), total=st.integers(0, 10**6))
def test_what_is_counted_is_at_100_only_when_completed(status: str, done: int, total: int) -> None:
    told = counted(status, completed=done, total=total)
    assert (told.percent == 100) == (status == "COMPLETED")
    assert not told.estimated


@given(
    status=STATUS,
    entered=st.integers(0, 10**5),
    expected=st.none() | st.floats(0, 1e5),
    elapsed=st.none() | st.floats(0, 1e9),
    profile=st.none() | st.just(KNOWN_WELL),
)
def test_an_estimate_says_so_and_is_never_100_while_it_runs(
    status: str,
    entered: int,
    expected: float | None,
    elapsed: float | None,
    profile: MachineProfile | None,
) -> None:
    for told in (
        by_steps(status, entered=entered, expected=expected, current_step=None),
        by_time(status, elapsed=elapsed, profile=profile),
    ):
        assert told.estimated == (status != "COMPLETED")
        assert (told.percent == 100) == (status == "COMPLETED")


def test_without_anything_to_compare_with_there_is_no_percentage() -> None:
    assert by_time("RUNNING", elapsed=5.0, profile=None).percent is None
    assert by_steps("RUNNING", entered=5, expected=None, current_step="A").percent is None


def test_time_that_passed_is_half_of_what_it_usually_takes() -> None:
    told = by_time("RUNNING", elapsed=30.0, profile=KNOWN_WELL)
    assert (told.percent, told.total, told.completed) == (50, 8, None)
