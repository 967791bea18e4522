"""Retries: what they take over and what they start, retries of retries and of what is gone."""

from collections import Counter

import pytest

from breakwater.platform.http.errors import Conflict
from tests.engine.conftest import Rooms
from tests.engine.looking import server
from tests.engine_room import CARLA, EngineRoom

DB_02_FAILS = "faults: [{fault: launch-fails, server: db-02}]"


def failed(room: EngineRoom) -> str:
    """A run of which db-01 came up and db-02 did not."""
    execution = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))
    assert room.drive(execution)["status"] == "FAILED"
    room.watch()
    return execution


def test_a_retry_takes_over_what_completed_and_starts_only_what_did_not_launch(
    rooms: Rooms,
) -> None:
    room = rooms("faults: [{fault: launch-fails, server: app-a-02, phase: snapshot}]")
    first = room.start(room.sample())
    assert room.drive(first)["status"] == "FAILED"
    room.watch()
    before = Counter(room.launched())
    second = room.desk.retry(first, CARLA, "capacity is back", "shop").execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    state = room.state(second)
    assert {wave.name: wave.taken_over for wave in state.in_order()} == {
        "database": True,
        "app a": False,
        "app b": True,
        "web": False,
    }
    names = {one.server_id: one.name for one in state.servers.values()}
    started = sorted(names[one] for one in (Counter(room.launched()) - before))
    assert started == ["app-a-02", "web-01"]
    assert room.run(first).retried_by == second
    assert room.run(second).retry_of == first
    assert server(room, second, "app-a-01").taken_over


def test_a_retry_starts_nothing_that_came_up_after_the_run_had_ended(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-02}]")
    first = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))
    state = room.drive(first, looks=2)
    room.act("record_failure", {**state, "error": {"Error": "E", "Cause": "boom"}})
    room.passes(3600)
    room.watch()
    run = room.run(first)
    assert (run.servers_launched, run.servers_failed) == (1, 1)
    assert server(room, first, "db-01").recovery_instance_id
    assert "DRS left it FAILED" in server(room, first, "db-02").cause
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    launched = Counter(room.launched())
    known = room.simulated.servers()
    assert launched == {known["db-01"]: 1, known["db-02"]: 2}


def test_a_retry_of_a_retry_that_never_began_takes_over_what_the_first_run_launched(
    rooms: Rooms,
) -> None:
    room = rooms(DB_02_FAILS)
    first = failed(room)
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    room.desk.cancel(second, CARLA, "not yet", cleanup=False)
    assert room.drive(second)["status"] == "CANCELLED"
    third = room.desk.retry(second, CARLA, "now", None).execution_id
    assert room.drive(third)["status"] == "COMPLETED"
    known = room.simulated.servers()
    assert Counter(room.launched()) == {known["db-01"]: 1, known["db-02"]: 2}


def test_a_run_is_retried_once_then_its_retry_is(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-02, times: 2}]")
    first = failed(room)
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    with pytest.raises(Conflict, match="See how that one goes"):
        room.desk.retry(first, CARLA, "me too", None)
    assert room.drive(second)["status"] == "FAILED"
    room.watch()
    with pytest.raises(Conflict, match=f"{second}, which is FAILED. Retry that one"):
        room.desk.retry(first, CARLA, "once more", None)
    third = room.desk.retry(second, CARLA, "once more", None).execution_id
    assert room.drive(third)["status"] == "COMPLETED"
    assert room.launched().count(room.simulated.servers()["db-01"]) == 1
    with pytest.raises(Conflict, match="start it"):
        room.desk.retry(second, CARLA, "once more", None)


def test_what_is_no_longer_there_is_launched_again(rooms: Rooms) -> None:
    room = rooms(DB_02_FAILS)
    first = failed(room)
    [up] = [one for one in room.state(first).servers.values() if one.recovery_instance_id]
    ids = [up.recovery_instance_id]
    room.simulated.done("TerminateRecoveryInstances", recoveryInstanceIDs=ids)
    room.passes(600)
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    assert not any(one.taken_over for one in room.state(second).servers.values())
    known = room.simulated.servers()
    assert Counter(room.launched()) == {known["db-01"]: 2, known["db-02"]: 2}


def test_what_another_drill_has_replaced_is_launched_again(rooms: Rooms) -> None:
    room = rooms(DB_02_FAILS)
    first = failed(room)
    other = room.start(room.plan("q", room.wave("alone", "db-01")))
    state = room.drive(other, looks=3)
    with pytest.raises(Conflict, match=f"The run {other} holds"):
        room.desk.retry(first, CARLA, "mended", None)
    while state["status"] == "RUNNING":
        room.passes(state["waitSeconds"])
        state = room.act("update_wave_status", state)
    assert state["status"] == "COMPLETED"
    room.passes(600)
    room.watch()
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    assert not any(one.taken_over for one in room.state(second).servers.values())


def test_a_wave_of_which_nothing_is_left_to_launch_is_judged_at_once(rooms: Rooms) -> None:
    room = rooms()
    first = room.start(room.plan("p", room.wave("database", "db-01")))
    state = room.drive(first, looks=2)
    room.act("record_failure", {**state, "error": {"Error": "E", "Cause": "boom"}})
    room.passes(3600)
    room.watch()
    second = room.desk.retry(first, CARLA, "go on", None).execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    run = room.run(second)
    assert run.ended_at is not None
    assert (run.ended_at - run.started_at).total_seconds() <= 10


def test_a_server_whose_instance_is_listed_as_terminated_is_not_taken_over(rooms: Rooms) -> None:
    """DRS lists for a while what is gone."""
    room = rooms(DB_02_FAILS)
    first = failed(room)
    instance = str(server(room, first, "db-01").recovery_instance_id)
    room.simulated.done("TerminateRecoveryInstances", recoveryInstanceIDs=[instance])
    states = {"RUNNING"}
    while not states & {"SHUTTING-DOWN", "TERMINATED"}:
        room.passes(5)
        listed = room.simulated.done("DescribeRecoveryInstances")["items"]
        states = {one["ec2InstanceState"] for one in listed}
        assert states, "it is gone from the list without ever having been listed as going"
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    assert not server(room, second, "db-01").taken_over
    assert server(room, second, "db-01").recovery_instance_id != instance
