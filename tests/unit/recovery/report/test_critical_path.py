"""Where the time of a run went."""

from dataclasses import replace
from datetime import timedelta

import pytest

from breakwater.recovery.engine.run import Pause
from breakwater.recovery.report.parts import TimeKind
from tests.unit.recovery.made_run import at
from tests.unit.recovery.report.deviating import of_kind
from tests.unit.recovery.report.scenes import cancelled, completed


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
