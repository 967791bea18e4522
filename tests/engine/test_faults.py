"""The twenty situations of DRS that a run can meet: the right end, nothing launched twice, nothing
left leased. (10, 13 and 17 to 20 are about lists, sessions, events and operations around a run.)
"""

from typing import Any

import pytest

from breakwater.recovery.engine.status import RunStatus, ServerStatus
from tests.engine.conftest import Rooms
from tests.engine.test_killed_and_doubled import FAST
from tests.engine_room import CARLA, EngineRoom

END = 6 * 3600.0

# Situation → the script, how the run ends, how the server `db` ends, a word of its cause.
SITUATIONS = {
    "1 a job completes with a failed server": (
        "{fault: launch-fails, server: db, cause: no-capacity}",
        *("FAILED", "FAILED", "InsufficientInstanceCapacity"),
    ),
    "2 the answer names no servers": (
        "{fault: empty-participants, lasting: 2m}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
    "3 a server is skipped": (
        "{fault: server-skipped, server: db}",
        *("FAILED", "FAILED", "SERVER_SKIPPED"),
    ),
    "3 a server is skipped and never told of": (
        "{fault: server-skipped, server: db, leaves: PENDING}",
        *("FAILED", "FAILED", "SERVER_SKIPPED"),
    ),
    "4 a job completes and leaves a server pending": (
        "{fault: left-unfinished, server: db, leaves: PENDING}",
        *("FAILED", "FAILED", "INCONSISTENT"),
    ),
    "5 somebody terminates it in the middle": (
        "{fault: terminated-during-job, server: db, after: 5s}",
        *("FAILED", "FAILED", "terminated"),
    ),
    "6 a conflict that passes": (
        "{fault: conflict, times: 2}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
    "6 a conflict with a native plan that lasts": (
        "{fault: conflict, because: recovery-plan, times: always}",
        *("FAILED", "FAILED", "ConflictException"),
    ),
    "7 a quota is met for a while": (
        "{fault: quota-exceeded, quota: jobs, times: 3}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
    "8 throttled, with a time to come back": (
        "{fault: throttled, call: [StartRecovery, DescribeJobs], times: 6, retryAfterSeconds: 7}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
    "9 the answer to StartRecovery is lost": (
        "{fault: lost-response, call: StartRecovery}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
    "10 every list comes in pages": (
        "{fault: small-pages, size: 1}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
    "12 the EC2 instance is gone behind the record": (
        "{fault: instance-gone, server: db, after: 1s}",
        *("FAILED", "FAILED", "instance"),
    ),
    "15 the launch template has no subnet": (
        "{fault: launch-fails, server: db, cause: no-subnet}",
        *("FAILED", "FAILED", "subnet"),
    ),
    "16 license and tenancy do not fit": (
        "{fault: launch-fails, server: db, cause: byol-tenancy}",
        *("FAILED", "FAILED", "enancy"),
    ),
    "DRS fails inside while it is looked at": (
        "{fault: internal-error, call: [DescribeJobs, DescribeJobLogItems], times: 4}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
    "a right is missing": (
        "{fault: access-denied, call: StartRecovery, times: always}",
        *("FAILED", "FAILED", "AccessDenied"),
    ),
    "StartRecovery fails inside, once": (
        "{fault: internal-error, call: StartRecovery}",
        *("COMPLETED", "LAUNCHED", ""),
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_situation_ends_right_with_nothing_launched_twice_and_nothing_left_leased(
    rooms: Rooms, situation: str
) -> None:
    fault, ends, server_ends, word = SITUATIONS[situation]
    room = rooms(f"faults: [{fault}]", FAST)
    plan = room.plan("p", room.wave("database", "db", "cache", timeout_minutes=60))
    execution = room.start(plan)
    assert room.drive(execution)["status"] == ends
    [server] = [one for one in room.state(execution).servers.values() if one.name == "db"]
    assert server.status == server_ends
    assert word in (server.cause or "")
    launched = room.launched()
    assert len(launched) == len(set(launched))
    finished(room, execution)


def test_11_a_region_that_is_not_initialized_starts_nothing(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: uninitialized-account, from: 1m}]", FAST)
    plan = room.plan("p", room.wave("database", "db"))
    room.passes(120)
    with pytest.raises(Exception, match="not initialized"):
        room.start(plan)
    assert room.calls.count("drs:StartRecovery") == 0


def test_13_a_session_that_expires_in_a_long_wave_is_made_anew(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: expired-session, skip: 12, times: 1}]", FAST)
    execution = room.start(room.plan("p", room.wave("database", "db")))
    assert room.drive(execution)["status"] == "COMPLETED"
    assert room.accounts.forgotten == 1


def test_14_an_older_point_in_time_is_told_where_no_new_one_could_be_made(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: previous-snapshot, server: db}]", FAST)
    execution = room.start(room.plan("p", room.wave("database", "db")))
    assert room.drive(execution)["status"] == "COMPLETED"
    [server] = room.state(execution).servers.values()
    assert server.previous_snapshot
    assert server.point_in_time is not None
    assert server.started_at is not None
    assert server.point_in_time < server.started_at


def test_18_a_cleanup_that_is_refused_during_failback_is_told_and_can_be_run_again(
    rooms: Rooms,
) -> None:
    room = rooms("faults: [{fault: failback-starts, server: db, from: 30m}]", FAST)
    execution = room.start(room.plan("p", room.wave("database", "db")))
    assert room.drive(execution)["status"] == "COMPLETED"
    room.passes(3600)
    done = room.desk.clean_up(execution, CARLA, "the drill is over")
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "FAILED"
    assert room.run(execution).cleanup_incomplete
    assert room.run(execution).status is RunStatus.COMPLETED
    [step] = room.state(execution).steps.values()
    assert "onflict" in str(step.cause)


def test_cleanup_never_touches_a_real_recovery_nor_what_another_run_launched(
    rooms: Rooms,
) -> None:
    room = rooms("", FAST)
    first = room.start(room.plan("p", room.wave("database", "db")))
    room.drive(first)
    room.watch()
    real = room.start(room.plan("q", room.wave("cache", "cache")), is_drill=False)
    room.drive(real)
    room.watch()
    with pytest.raises(Exception, match="never terminates them"):
        room.desk.clean_up(real, CARLA, "by mistake")
    listed = room.assembly.compensator.listed(room.state(first))
    assert [one.server_id for _, one in listed] == [room.simulated.servers()["db"]]
    assert room.assembly.compensator.listed(room.state(real)) == []
    done = room.desk.clean_up(first, CARLA, "over")
    room.drive(first, cleanup=done.run.cleanups)
    states = {
        one["sourceServerID"]: one["ec2InstanceState"]
        for one in room.simulated.done("DescribeRecoveryInstances")["items"]
    }
    assert states[room.simulated.servers()["cache"]] == "RUNNING"
    [server] = room.state(first).servers.values()
    assert server.status is ServerStatus.TERMINATED


@pytest.mark.parametrize("is_drill", [True, False])
def test_a_drill_is_started_as_a_drill_and_a_real_recovery_as_a_real_one(
    rooms: Rooms, is_drill: bool
) -> None:
    room = rooms("", FAST)
    execution = room.start(room.plan("p", room.wave("database", "db")), is_drill=is_drill)
    assert room.drive(execution)["status"] == "COMPLETED"
    [instance] = room.simulated.done("DescribeRecoveryInstances")["items"]
    assert instance["isDrill"] is is_drill
    [job] = room.simulated.done("DescribeJobs")["items"]
    assert job["initiatedBy"] == ("START_DRILL" if is_drill else "START_RECOVERY")


def test_a_real_recovery_needs_the_plans_name_typed(rooms: Rooms) -> None:
    room = rooms("", FAST)
    plan = room.plan("p", room.wave("database", "db"))
    with pytest.raises(Exception, match="Type the plan's name"):
        room.desk.start(plan.plan_id, CARLA, is_drill=False, typed="P", reason=None)
    assert room.callbacks.started == []


def test_a_task_token_is_in_no_answer_message_or_report(rooms: Rooms) -> None:
    room = rooms("", FAST)
    plan = room.plan("p", room.wave("database", "db", pause_before=True))
    execution = room.start(plan)
    seen: list[str] = []

    def look(room: EngineRoom, state: dict[str, Any]) -> None:
        from breakwater.recovery.engine.run_view import details_json  # noqa: PLC0415

        token = str(room.run(execution).task_token)
        seen.append(token)
        told = [str(details_json(room.state(execution), room.now())), str(room.messages)]
        assert not any(token in one for one in told)
        room.desk.resume(execution, CARLA, "go", None)

    room.drive(execution, at=lambda r, s: look(r, s) if s["status"] == "PAUSED" else None)
    assert seen
    assert all(token not in str(room.states) for token in seen)


def finished(room: EngineRoom, execution: str) -> None:
    room.passes(END)
    room.watch()
    room.watch()
    assert room.leases() == []
    assert room.run(execution).open is None
