"""What came of a run: the report's figures, in a few lines."""

from typing import Any

from breakwater_local.drill.summary import summary
from breakwater_local.style import Style, cells
from tests.unit.local.drill.made import deviation, lasting, report


def told(**more: Any) -> str:
    return "\n".join(summary(report(**more), 80, Style()))


def time(**more: Any) -> dict[str, Any]:
    changed: dict[str, Any] = {**report()["recoveryTime"], **more}
    return changed


def test_a_drill_that_met_its_objective() -> None:
    assert (
        told()
        == """\
✓ The drill completed in 50 min; the objective of 1 h was met.

Recovery time   50:00, RTO 1:00:00: met
  by your clock 0:50. Time runs 60 times faster here than on AWS: all other
                times are the run's, and say nothing about how fast AWS is.
Recovery point  worst 4:00 of data lost (db-01), RPO 15:00: met

✓ database COMPLETED     16:00  2 of 2 servers    critical path
– web      SKIPPED           -  0 of 3 servers
"""
    )


def test_pauses_are_told_apart() -> None:
    missed = time(
        elapsed=lasting(70),
        measured=lasting(70),
        paused=lasting(20),
        met=False,
    )
    text = told(recoveryTime=missed)
    assert "Recovery time   1:10:00, RTO 1:00:00: missed" in text
    assert "  paused        20:00 of it; without, 50:00: RTO met" in text


def test_what_did_not_complete_recovered_nothing() -> None:
    failed = time(measured=None, withoutPauses=None, met=False)
    text = told(recoveryTime=failed, status="FAILED", cause="Wave web failed.")
    assert "none: it was over after 50:00, RTO 1:00:00: missed" in text
    assert "  Wave web failed." in text


def test_failures_are_told_with_their_causes_and_the_end_only_once() -> None:
    text = told(
        cause="Wave web failed.",
        deviations=[
            deviation("runFailed", "Wave web failed."),
            deviation("waveFailed", "Wave web failed."),
            deviation("serverFailed", "No capacity.", wave="web", servers=["web-01", "web-02"]),
            deviation("fastClock", "Time was fast.", severity="note"),
        ],
    )
    assert text.count("Wave web failed.") == 1
    assert "  web: No capacity. (web-01, web-02)" in text
    assert "Time was fast." not in text


def test_more_failures_than_anybody_reads_are_counted() -> None:
    many = [deviation("serverFailed", f"cause {one}") for one in range(30)]
    assert "… 18 more: see the report" in told(deviations=many)


def test_where_time_is_real_nothing_is_said_of_clocks() -> None:
    assert "clock" not in told(timeScale=1)


def test_no_line_is_wider_than_the_terminal() -> None:
    long = report(
        headline="The drill failed. " * 9,
        deviations=[deviation("serverFailed", "No capacity at all. " * 30)],
    )
    for width in (40, 60, 80, 120):
        assert all(cells(line) <= width for line in summary(long, width, Style()))
