"""How long a run took and how old its data is, against its objectives; when that is final."""

from dataclasses import replace

import pytest

from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.status import JobStatus
from tests.unit.recovery.made_run import at
from tests.unit.recovery.report.deviating import kinds, of_kind
from tests.unit.recovery.report.far_scenes import open_and_fast
from tests.unit.recovery.report.scenes import cancelled, completed, failed


def test_a_completed_run_is_measured_against_its_objective_with_and_without_pauses() -> None:
    report = completed().report()
    time = report.recovery_time
    assert time.measured is not None
    assert time.without_pauses is not None
    assert time.measured.seconds == pytest.approx(55.2 * 60)
    assert time.without_pauses.seconds == pytest.approx(45.6 * 60)
    assert (time.met, time.met_without_pauses) == (True, True)
    assert report.headline == "The drill completed in 55 min 12 s; the objective of 1 h was met."
    assert report.final


def test_an_objective_that_only_pauses_made_late_is_told_so() -> None:
    report = completed(rto_minutes=50).report()
    assert (report.recovery_time.met, report.recovery_time.met_without_pauses) == (False, True)
    [missed] = of_kind(report, "rtoMissed")
    assert "Without the time that it was paused it was met." in missed.text


def test_a_run_that_failed_has_no_recovery_time_and_missed_its_objective() -> None:
    time = failed().report().recovery_time
    assert (time.measured, time.without_pauses, time.met) == (None, None, False)
    assert time.elapsed.seconds == pytest.approx(31.4 * 60)


def test_a_run_that_was_cancelled_neither_met_nor_missed_its_objective() -> None:
    assert cancelled().report().recovery_time.met is None


def test_an_open_run_that_is_beyond_its_objective_has_missed_it_already() -> None:
    scene = open_and_fast()
    assert scene.report().recovery_time.met is None
    late = replace(scene.run, rto_minutes=30)
    scene.run = late
    assert scene.report().recovery_time.met is False


def test_each_wave_has_its_own_recovery_time_and_when_it_was_reached() -> None:
    waves = {one.name: one for one in completed().report().waves}
    app, web = waves["app B"], waves["web"]
    assert app.recovery_time is not None
    assert app.reached_after is not None
    assert web.waited_for_person is not None
    assert app.recovery_time.seconds == pytest.approx(17 * 60)
    assert app.reached_after.seconds == pytest.approx(31.2 * 60)
    assert web.waited_for_person.seconds == pytest.approx(9.7 * 60)


def test_the_worst_recovery_point_is_that_of_the_oldest_data_among_what_launched() -> None:
    point = failed().report().recovery_point
    assert point.worst is not None
    assert (point.worst.seconds, point.worst_server) == (58 * 60, "db-2")
    assert (point.met, point.previous_snapshots, point.unknown_servers) == (False, 1, 0)


def test_data_from_after_the_start_counts_as_nothing_lost() -> None:
    scene = completed()
    scene.servers = [replace(one, point_in_time=at(5)) for one in scene.servers]
    report = scene.report()
    assert report.recovery_point.worst is not None
    assert report.recovery_point.worst.seconds == 0
    assert report.servers[0].point_in_time == at(5)


def test_a_server_that_launched_from_an_unknown_point_is_counted_as_unknown() -> None:
    scene = completed()
    scene.servers[0] = replace(scene.servers[0], point_in_time=None)
    report = scene.report()
    assert report.recovery_point.unknown_servers == 1
    assert "recoveryPointUnknown" in kinds(report)


def test_a_faster_clock_is_told_as_both_clocks_and_as_a_deviation() -> None:
    report = open_and_fast().report()
    elapsed = report.recovery_time.elapsed
    assert elapsed.seconds == pytest.approx(40 * 60)
    assert elapsed.wall_seconds == pytest.approx(40)
    assert report.recovery_point.worst is not None
    assert report.recovery_point.worst.seconds == pytest.approx(8 * 60)
    assert "fastClock" in kinds(report)
    assert "fastClock" not in kinds(completed().report())


def test_an_open_run_says_that_it_is_not_final_and_why() -> None:
    report = open_and_fast().report()
    assert not report.final
    assert report.still_open == ("The run is PAUSED.",)


def test_a_run_whose_job_is_still_open_or_that_is_being_cleaned_up_is_not_final() -> None:
    scene = cancelled()
    scene.jobs[0] = replace(scene.jobs[0], status=JobStatus.OPEN)
    by = Request(by="otto@example.com", at=at(60), reason="again")
    scene.run = replace(scene.run, cleaning=by, cleanups=1)
    assert scene.report().still_open == (
        "1 jobs of it are still open in DRS.",
        "A cleanup is under way, asked for by otto@example.com.",
    )
