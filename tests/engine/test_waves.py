"""Which waves start, when, and what they leave on the servers; what a run keeps of its plan."""

from typing import Any

import pytest

from breakwater.platform.http.errors import Unprocessable
from breakwater.recovery.engine.job_queue import Quotas
from breakwater.recovery.engine.status import ServerStatus, WaveStatus
from breakwater.recovery.recovery_plan import PlanContent, Wave
from breakwater.recovery.server_selection import ServerSelection
from breakwater.recovery.unreachable import Unreachable
from tests.engine.conftest import Rooms
from tests.engine.looking import server, waves
from tests.engine_room import CARLA, EngineRoom
from tests.unit.recovery.made import group_content


def test_a_wave_is_complete_when_its_servers_run_and_then_its_dependants_start(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = room.start(room.sample())
    assert room.drive(execution)["status"] == "COMPLETED"
    state = room.state(execution)
    ended = {wave.name: wave.ended_at for wave in state.in_order()}
    begun = {wave.name: wave.started_at for wave in state.in_order()}
    assert set(waves(room, execution).values()) == {WaveStatus.COMPLETED}
    assert begun["app a"] == begun["app b"], "independent waves start together"
    assert str(begun["web"]) >= max(str(ended["app a"]), str(ended["app b"]))
    for one in state.servers.values():
        assert one.status is ServerStatus.LAUNCHED
        assert one.instance_state == "RUNNING"
        assert one.confirmed_at is not None
        assert one.point_in_time is not None
        assert {"SNAPSHOT_START", "CONVERSION_START", "LAUNCH_START"} <= one.phases.keys()
    tags = room.accounts.tags[str(server(room, execution, "db-01").recovery_instance_id)]
    assert tags == {
        "breakwater:executionId": execution,
        "breakwater:plan": "shop",
        "breakwater:wave": "database",
        "breakwater:drill": "true",
    }
    assert [kind for kind, _ in room.messages] == ["started", "completed"]


def test_a_run_keeps_the_plan_and_the_servers_that_it_began_with(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "shop",
        room.wave("database", "db-01"),
        room.wave("web", "web-01", depends_on=("database",), region="eu-central-1"),
    )
    execution = room.start(plan)
    room.drive(execution, looks=2)
    group = room.groups.get(plan.waves[0].group_ids[0])
    other = group_content(group.name, ServerSelection(ids=(room.simulated.servers()["db-02"],)))
    room.groups.update(group.group_id, other, group.version, CARLA, room.now())
    another = room.wave("another", "app-a-01")
    room.plans.update(
        plan.plan_id, PlanContent(name="renamed", waves=(another,)), 1, CARLA, room.now()
    )
    assert room.drive(execution)["status"] == "COMPLETED"
    assert waves(room, execution).keys() == {"database", "web"}
    assert {one.name for one in room.state(execution).servers.values()} == {"db-01", "web-01"}
    assert room.run(execution).plan_name == "shop"


def test_a_server_that_is_meant_to_stay_stopped_is_launched_when_it_is_stopped(
    rooms: Rooms,
) -> None:
    room = rooms()
    known = room.simulated.servers()
    room.simulated.done(
        "UpdateLaunchConfiguration", sourceServerID=known["db-01"], launchDisposition="STOPPED"
    )
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    assert room.drive(execution)["status"] == "COMPLETED"
    assert server(room, execution, "db-01").instance_state == "STOPPED"


def test_a_group_that_resolves_to_no_server_starts_nothing(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", Wave(name="w", group_ids=(room.group("none", tier="nothing"),)))
    with pytest.raises(Unprocessable) as refused:
        room.start(plan)
    assert refused.value.details[0]["code"] == "noServers"  # type: ignore[index]
    assert room.callbacks.started == []
    assert list(room.assembly.runs.open()) == []


def test_waits_are_between_5_and_120_seconds_and_a_wave_of_15_minutes_is_looked_at_20_times(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    room.drive(execution)
    waits = [state["waitSeconds"] for state in room.states[:-1]]
    assert all(5 <= wait <= 120 for wait in waits)
    [wave] = room.state(execution).in_order()
    assert wave.started_at is not None
    assert wave.ended_at is not None
    minutes = (wave.ended_at - wave.started_at).total_seconds() / 60
    assert len(waits) <= 20 * minutes / 15


def test_a_second_run_of_the_same_servers_has_learned_how_long_they_take(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01"))
    room.drive(room.start(plan))
    room.watch()
    again = room.start(plan)
    room.drive(again)
    learned = server(room, again, "db-01").expected_seconds
    assert 600 < learned < 1200


def test_a_wave_is_cut_into_jobs_and_jobs_queue_under_the_accounts_limits(rooms: Rooms) -> None:
    names = [f"s-{number:03d}" for number in range(130)]
    servers = "worlds:\n  - account: '111122223333'\n    region: eu-west-1\n    servers:\n"
    servers += "".join(
        f"      - {{name: {name}, launch: {{recoveryMode: FAST}}}}\n" for name in names
    )
    room = rooms("quotas: {jobs: 1}", servers)
    execution = room.start(room.plan("big", room.wave("all", *names, timeout_minutes=600)))
    waited: set[str] = set()

    def look(room: EngineRoom, state: dict[str, Any]) -> None:
        waited.update(job.waiting_for or "" for job in room.state(execution).jobs.values())

    assert room.drive(execution, at=look)["status"] == "COMPLETED"
    jobs = room.state(execution).jobs.values()
    assert sorted(len(job.server_ids) for job in jobs) == [30, 100]
    assert any("ServiceQuotaExceededException" in one for one in waited)
    assert sorted(room.launched()) == sorted(set(room.launched()))


def test_a_job_has_a_hundred_servers_at_most_whatever_the_quota_says(rooms: Rooms) -> None:
    names = [f"s-{number:03d}" for number in range(130)]
    servers = "worlds:\n  - account: '111122223333'\n    region: eu-west-1\n    servers:\n"
    servers += "".join(f"      - {{name: {name}}}\n" for name in names)
    room = rooms("", servers)
    more = Quotas(servers_per_job=200)
    room.assembly.service.quotas = lambda _: more  # type: ignore[method-assign,assignment]
    execution = room.start(room.plan("big", room.wave("all", *names)))
    room.drive(execution, looks=0)
    jobs = room.state(execution).jobs.values()
    assert sorted(len(job.server_ids) for job in jobs) == [30, 100]


def test_a_stopped_server_is_not_judged_while_nobody_says_how_it_is_meant_to_be(
    rooms: Rooms,
) -> None:
    room = rooms("faults: [{fault: throttled, call: GetLaunchConfiguration, times: 8}]")
    known = room.simulated.servers()
    room.simulated.done(
        "UpdateLaunchConfiguration", sourceServerID=known["db-01"], launchDisposition="STOPPED"
    )
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    assert room.drive(execution)["status"] == "COMPLETED"
    assert room.calls.count("drs:GetLaunchConfiguration") == 9


def test_tags_that_ec2_did_not_take_are_tried_again_also_when_their_wave_is_over(
    rooms: Rooms,
) -> None:
    room = rooms()
    first = room.wave("database", "db-01")
    execution = room.start(
        room.plan("p", first, room.wave("web", "app-a-01", depends_on=("database",)))
    )
    tag, refusals = room.assembly.service.tag, ["RequestLimitExceeded"]

    def throttled(*of: Any) -> None:
        if refusals:
            raise Unreachable(refusals.pop())
        tag(*of)

    room.assembly.service.tag = throttled  # type: ignore[method-assign,assignment]
    assert room.drive(execution)["status"] == "COMPLETED"
    instance = str(server(room, execution, "db-01").recovery_instance_id)
    assert room.accounts.tags[instance]["breakwater:wave"] == "database"
    assert not any(wave.untagged for wave in room.state(execution).waves.values())
