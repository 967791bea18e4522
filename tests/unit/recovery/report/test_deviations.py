"""What was not as planned: each thing once, worst first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from breakwater.recovery.engine.status import JobStatus, RunStatus, ServerStatus, WaveStatus
from breakwater.recovery.report.parts import Severity
from tests.unit.recovery.made_run import START
from tests.unit.recovery.report.deviating import kinds, of_kind
from tests.unit.recovery.report.far_scenes import large
from tests.unit.recovery.report.scenes import cancelled, completed, failed


def test_servers_with_the_same_trouble_are_one_deviation() -> None:
    [one] = of_kind(large().report(), "serverFailed")
    assert one.servers == ("host-00-17", "host-00-18")
    assert one.text == "DRS could not launch it: VolumeLimitExceeded"


def test_a_wave_that_completed_in_spite_of_failures_is_a_deviation() -> None:
    [one] = of_kind(large().report(), "policyMetWithFailures")
    assert one.wave == "wave 00"


def test_a_failed_run_tells_each_thing_that_went_wrong_once_and_worst_first() -> None:
    report = failed().report()
    assert kinds(report) == {
        "waveFailed",
        "serverFailed",
        "rpoMissed",
        "previousSnapshot",
        "waveSkipped",
    }
    order = [one.severity for one in report.deviations]
    assert order == sorted(order, key=list(Severity).index)


def test_a_run_that_failed_for_no_waves_reason_says_so_itself() -> None:
    scene = completed()
    scene.run = replace(scene.run, status=RunStatus.FAILED, cause="The engine failed: KeyError.")
    [one] = of_kind(scene.report(), "runFailed")
    assert one.text == "The engine failed: KeyError."


def test_a_cleanup_that_left_something_names_what_and_why() -> None:
    report = cancelled().report()
    [one] = of_kind(report, "cleanupFailed")
    assert one.servers == ("db-1", "db-2", "db-3")
    assert "AccessDeniedException" in one.text
    assert "cleanupIncomplete" in kinds(report)
    assert report.headline.endswith("its cleanup is incomplete.")


def test_a_step_that_a_later_cleanup_repeated_is_only_a_note() -> None:
    scene = cancelled()
    step = scene.compensation[2]
    scene.compensation.append(replace(step, round=1, number=0, cause=None, ended_at=None))
    [one, other] = of_kind(scene.report(), "cleanupFailed")
    assert {one.severity, other.severity} == {Severity.FAILURE, Severity.NOTE}


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("untaggedInstance", {"tagged": False}),
    ("serverTerminated", {"status": ServerStatus.TERMINATED}),
    ("serverSkipped", {"status": ServerStatus.SKIPPED}),
    ("actionsFailed", {"actions": "failed"}),
    ("serverTakenOver", {"taken_over": True}),
    ("previousSnapshot", {"previous_snapshot": True}),
]


@pytest.mark.parametrize(("kind", "change"), CHANGES)
def test_what_is_odd_about_a_server_is_a_deviation(kind: str, change: dict[str, Any]) -> None:
    scene = completed()
    assert kind not in kinds(scene.report())
    scene.servers[0] = replace(scene.servers[0], **change)
    [one] = of_kind(scene.report(), kind)
    assert (one.wave, one.servers) == ("database", ("db-1",))


def test_a_server_that_this_run_cleaned_up_is_no_deviation() -> None:
    assert "serverTerminated" not in kinds(cancelled().report())


WAVES: list[tuple[str, dict[str, Any]]] = [
    ("waveTimedOut", {"status": WaveStatus.FAILED, "reason": "timedOut"}),
    ("waveFailed", {"status": WaveStatus.FAILED, "reason": "policyNotMet"}),
    ("waveSkipped", {"status": WaveStatus.SKIPPED}),
    ("waveCancelled", {"status": WaveStatus.CANCELLED}),
    ("waveTakenOver", {"taken_over": True}),
]


@pytest.mark.parametrize(("kind", "change"), WAVES)
def test_what_is_odd_about_a_wave_is_a_deviation(kind: str, change: dict[str, Any]) -> None:
    scene = completed()
    scene.waves[1] = replace(scene.waves[1], **change)
    [one] = of_kind(scene.report(), kind)
    assert one.wave == "app A"


def test_refused_and_dropped_jobs_are_deviations() -> None:
    scene = completed()
    scene.jobs[0] = replace(scene.jobs[0], refusals=3, status=JobStatus.DROPPED)
    assert {"jobRefused", "jobDropped"} <= kinds(scene.report())


def test_a_retry_names_the_run_before_and_the_run_after() -> None:
    report = completed(retry_of="before", retried_by="after").report()
    assert {"retry", "retried"} <= kinds(report)


def test_a_wave_that_was_taken_over_took_none_of_this_runs_time() -> None:
    scene = completed()
    early = START - timedelta(hours=2)
    scene.waves[0] = replace(
        scene.waves[0], taken_over=True, started_at=early, ended_at=early + timedelta(minutes=14)
    )
    report = scene.report()
    assert report.critical_path.waves == ("app B", "web")
    assert report.waves[0].recovery_time is None
