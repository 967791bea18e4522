"""What a report says of runs as they end, or stand, in practice."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import Pause
from breakwater.recovery.engine.status import JobStatus, RunStatus, ServerStatus, WaveStatus
from breakwater.recovery.report.parts import Deviation, Severity, TimeKind
from breakwater.recovery.report.run_report import RunReport
from tests.unit.recovery.made_run import START, TOKEN, at
from tests.unit.recovery.report.scenes import (
    ALL,
    audited,
    cancelled,
    completed,
    failed,
    large,
    open_and_fast,
)


def of_kind(report: RunReport, kind: str) -> list[Deviation]:
    return [one for one in report.deviations if one.kind == kind]


def kinds(report: RunReport) -> set[str]:
    return {one.kind for one in report.deviations}


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


def test_the_critical_path_goes_back_through_the_dependency_that_ended_last() -> None:
    path = completed().report().critical_path
    assert path.waves == ("database", "app B", "web")
    assert {one.server for one in path.stretches if one.kind == "launch"} == {
        "db-1",
        "app-b-1",
        "web-1",
    }
    assert path.totals["person"].seconds == pytest.approx(9.7 * 60)
    assert "queue" not in path.totals


def test_waiting_for_a_place_under_the_limits_is_queueing() -> None:
    scene = completed()
    late = timedelta(minutes=3)
    for number, server in enumerate(scene.servers):
        if server.wave_index == 0 and server.started_at:
            scene.servers[number] = replace(server, started_at=server.started_at + late)
    scene.jobs[0] = replace(scene.jobs[0], started_at=at(3.16))
    report = scene.report()
    assert report.critical_path.totals["queue"].seconds == pytest.approx(3.06 * 60)
    [queued] = of_kind(report, "jobQueued")
    assert "waited 3 min 4 s until DRS took it" in queued.text


def test_pauses_are_told_to_the_minute_and_what_was_no_pause_is_not_one() -> None:
    scene = completed()
    last = scene.waves[3]
    before = max(one.ended_at for one in scene.waves[:3] if one.ended_at)
    assert last.started_at is not None
    scene.waves[3] = replace(last, held_at=None, pause_before=False)
    pause = Pause(since=before + timedelta(minutes=1), until=before + timedelta(minutes=4))
    scene.run = replace(scene.run, paused_seconds=180.0, pauses=(pause,))
    report = scene.report()
    path = report.critical_path
    assert path.totals["person"].seconds == pytest.approx(180)
    [waited] = [one for one in path.stretches if one.kind is TimeKind.PERSON]
    assert (waited.started_at, waited.ended_at) == (pause.since, pause.until)
    told = [(one.at, one.kind) for one in report.timeline if one.what == "run"]
    assert (pause.since, "paused") in told
    assert (pause.until, "unpaused") in told


def test_a_pause_that_somebody_asked_for_is_a_persons_time_on_the_path() -> None:
    scene = completed()
    scene.waves[3] = replace(scene.waves[3], held_at=None, pause_before=False)
    assert scene.report().critical_path.totals["person"].seconds == pytest.approx(9.8 * 60)


def test_post_launch_actions_are_not_called_our_own_delay() -> None:
    scene = completed()
    scene.servers = [replace(one, actions="succeeded") for one in scene.servers]
    assert scene.report().critical_path.totals["actions"].seconds > 60


def test_cleanup_within_the_run_is_on_the_path() -> None:
    path = cancelled().report().critical_path
    assert path.totals["cleanup"].seconds == pytest.approx(6.5 * 60)


def test_who_decided_what_and_why_is_told_in_order_and_once() -> None:
    scene = cancelled()
    told = [(one.by, one.action, one.reason) for one in scene.report().decisions]
    assert told == [
        ("anna@example.com", "drillStarted", "quarterly drill"),
        ("otto@example.com", "runCancelled", "wrong weekend"),
    ]


def test_what_the_audit_trail_does_not_tell_comes_from_the_run() -> None:
    scene = cancelled()
    scene.audit = []
    told = [(one.by, one.action, one.details) for one in scene.report().decisions]
    assert told == [
        ("anna@example.com", "start", None),
        ("otto@example.com", "cancel", "with cleanup"),
    ]


def test_an_entry_of_the_trail_that_cannot_be_read_is_shown_as_unknown() -> None:
    scene = completed()
    scene.audit = [{"recordedAt": "yesterday", "after": ["?"]}, {}]
    unknown = [one for one in scene.report().decisions if one.by == "unknown"]
    assert [(one.at, one.action, one.reason) for one in unknown] == [(None, "unknown", None)] * 2


def test_details_of_a_decision_never_show_a_token() -> None:
    scene = completed()
    scene.audit.append(audited(9, "a", "runPaused", "x", taskToken="abc", waves=["web"]))
    assert "waves: web" in {one.details for one in scene.report().decisions}


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


def test_the_timeline_merges_everything_in_the_order_of_time() -> None:
    report = cancelled().report()
    times = [one.at for one in report.timeline]
    assert times == sorted(times)
    assert {one.what for one in report.timeline} == {
        "run",
        "wave",
        "server",
        "job",
        "person",
        "cleanup",
    }


def test_of_what_happened_at_once_the_cause_comes_first() -> None:
    first, second, *_ = completed().report().timeline
    assert (first.what, second.what) == ("person", "run")


def test_the_plan_is_told_as_it_was_frozen() -> None:
    scene = completed()
    report = scene.report()
    assert report.to_json()["plan"] == {
        "frozenAt": "2026-11-20T03:00:02.000Z",
        "plan": scene.plan["plan"],
        "groups": scene.plan["groups"],
    }


@pytest.mark.parametrize("name", ALL)
def test_the_json_is_the_same_however_the_items_are_ordered(name: str) -> None:
    scene = ALL[name]()
    before = json.dumps(scene.report().to_json())
    for items in (scene.waves, scene.servers, scene.jobs, scene.compensation, scene.audit):
        items.reverse()
    after = json.dumps(scene.report().to_json())
    if name != "hostile":  # people who decide in the same instant have no order
        assert after == before


def test_the_json_has_every_field_always() -> None:
    def shape(value: Any) -> Any:
        return {key: shape(one) if isinstance(one, dict) else None for key, one in value.items()}

    full, empty = completed(), completed(status=RunStatus.PENDING, begun_at=None, ended_at=None)
    full_json, empty_json = full.report().to_json(), empty.report().to_json()
    assert set(full_json) == set(empty_json)
    for name in ("servers", "waves", "jobs", "timeline", "decisions"):
        assert len({tuple(one) for one in full_json[name]}) == 1
    assert shape(full_json)["recoveryTime"].keys() == shape(empty_json)["recoveryTime"].keys()


def test_no_token_can_be_read_from_a_report_wherever_it_was_quoted() -> None:
    scene = open_and_fast()
    leak = f"TaskTimedOut: {TOKEN}"
    scene.run = replace(scene.run, cause=leak, attention=(leak,), reason=leak, plan_name=leak)
    scene.waves[0] = replace(scene.waves[0], cause=leak)
    scene.servers[0] = replace(scene.servers[0], cause=leak, status=ServerStatus.FAILED)
    scene.jobs[0] = replace(scene.jobs[0], waiting_for=leak)
    scene.audit.append(audited(1, leak, leak, leak, what=leak))
    scene.plan = {"plan": {"name": leak}, "groups": [{"name": leak}], "frozenAt": None}
    assert scene.run.task_token == TOKEN
    assert TOKEN[:12] not in json.dumps(scene.report().to_json())


def test_numbers_as_the_table_keeps_them_are_numbers_in_the_json() -> None:
    scene = completed()
    scene.plan["plan"]["version"] = Decimal(7)
    scene.plan["plan"]["share"] = Decimal("0.5")
    told = json.loads(json.dumps(scene.report().to_json()))["plan"]["plan"]
    assert (told["version"], told["share"]) == (7, 0.5)
