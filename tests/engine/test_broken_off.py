"""Runs that an error, a person in the console or nobody at all keeps from their end."""

import pytest

from breakwater.recovery.engine.state_object import execution_input
from breakwater.recovery.engine.status import RunStatus
from tests.engine.conftest import Rooms
from tests.engine.looking import cause


def test_an_unexpected_error_is_recorded_and_the_leases_go_when_no_job_is_open(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = room.start(room.sample())
    state = room.drive(execution, looks=2)
    error = {"Error": "ZeroDivisionError", "Cause": '{"errorType": "X", "errorMessage": "boom"}'}
    failed = room.act("record_failure", {**state, "error": error})
    assert failed["status"] == "FAILED"
    assert "boom" in failed["cause"]
    assert room.run(execution).status is RunStatus.FAILED
    room.watch()
    assert room.leases(), "a job of the run is open"
    room.passes(3600)
    room.watch()
    assert room.leases() == []


def test_a_run_whose_execution_was_never_started_is_started_by_the_watch(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    room.callbacks.started.clear()
    room.watch()
    room.watch()
    assert room.callbacks.started == [(execution, 0)]
    assert room.drive(execution)["status"] == "COMPLETED"


@pytest.mark.parametrize("paused", [False, True])
def test_a_run_whose_execution_was_stopped_from_outside_is_recorded_as_failed(
    rooms: Rooms, paused: bool
) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01", pause_before=paused)))
    if paused:
        state = room.act("begin", execution_input(room.run(execution)))
        room.act("store_task_token", {"state": state, "taskToken": "of a pause"})
        assert room.run(execution).status is RunStatus.PAUSED
    else:
        room.drive(execution, looks=2)
    room.callbacks.how_it_ended = "ABORTED"
    room.passes(3600)
    room.watch()
    assert room.run(execution).status is RunStatus.FAILED
    assert "ABORTED" in cause(room, execution)
    room.passes(3600)
    room.watch()
    assert room.leases() == []
