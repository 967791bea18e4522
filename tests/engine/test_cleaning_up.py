"""Cleanups that are broken off, refused or hasty: nothing is stuck, nothing in use goes."""

from dataclasses import replace
from typing import Any

import pytest

from breakwater.platform.http.errors import Conflict
from breakwater.recovery.engine.status import RunStatus, ServerStatus, StepStatus
from tests.engine.conftest import Rooms
from tests.engine_room import CARLA, EngineRoom


def drilled(room: EngineRoom) -> str:
    execution = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))
    assert room.drive(execution)["status"] == "COMPLETED"
    room.passes(600)
    room.watch()
    assert room.run(execution).open is None
    return execution


def test_a_cleanup_that_an_error_ends_is_told_and_can_be_run_again(rooms: Rooms) -> None:
    room = rooms()
    execution = drilled(room)
    done = room.desk.clean_up(execution, CARLA, "over")
    told = {"executionId": execution, "cleanup": 1, "error": {"Error": "E", "Cause": "boom"}}
    assert room.act("record_failure", told)["status"] == "FAILED"
    run = room.run(execution)
    assert (run.status, run.cleaning, run.cleanup_incomplete) == (RunStatus.COMPLETED, None, True)
    assert run.open is None
    kind, body = room.messages[-1]
    assert kind == "cleanedUp"
    assert "incomplete" in body
    assert "boom" in body
    again = room.desk.clean_up(execution, CARLA, "once more")
    assert again.run.cleanups == done.run.cleanups + 1
    assert room.drive(execution, cleanup=again.run.cleanups)["status"] == "COMPLETED"
    assert not room.run(execution).cleanup_incomplete


def test_a_cleanup_whose_execution_was_stopped_from_outside_can_be_run_again(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = drilled(room)
    room.desk.clean_up(execution, CARLA, "over")
    with pytest.raises(Conflict, match="started a cleanup"):
        room.desk.clean_up(execution, CARLA, "me too")
    room.callbacks.how_it_ended = "ABORTED"
    room.watch()
    room.watch()
    assert room.run(execution).cleaning is None
    assert room.run(execution).cleanup_incomplete
    done = room.desk.clean_up(execution, CARLA, "once more")
    room.callbacks.how_it_ended = None
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "COMPLETED"
    assert room.run(execution).open is None


def test_an_old_failure_ends_no_later_cleanup(rooms: Rooms) -> None:
    room = rooms()
    execution = drilled(room)
    room.desk.clean_up(execution, CARLA, "over")
    told = {"executionId": execution, "cleanup": 1, "error": {"Error": "E", "Cause": "boom"}}
    room.act("record_failure", told)
    room.desk.clean_up(execution, CARLA, "once more")
    room.act("record_failure", told)
    assert room.run(execution).cleaning is not None


def test_a_cleanup_of_what_others_have_terminated_in_part_takes_the_rest(rooms: Rooms) -> None:
    room = rooms()
    execution = drilled(room)
    first, *_ = sorted(room.state(execution).servers.values(), key=lambda one: one.name)
    ids = [first.recovery_instance_id]
    room.simulated.done("TerminateRecoveryInstances", recoveryInstanceIDs=ids)
    room.passes(600)
    done = room.desk.clean_up(execution, CARLA, "over")
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "COMPLETED"
    [step] = room.state(execution).steps.values()
    assert step.status is StepStatus.SUCCEEDED
    assert len(step.instances) == 1


def test_a_cleanup_outlasts_a_minute_of_throttling(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: throttled, call: TerminateRecoveryInstances, times: 6}]")
    execution = drilled(room)
    done = room.desk.clean_up(execution, CARLA, "over")
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "COMPLETED"
    assert {one.status for one in room.state(execution).servers.values()} == {
        ServerStatus.TERMINATED
    }


def test_what_a_retry_under_way_uses_is_not_cleaned_up(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-02}]")
    first = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))
    assert room.drive(first)["status"] == "FAILED"
    room.watch()
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    with pytest.raises(Conflict, match=second):
        room.desk.clean_up(first, CARLA, "no longer needed")
    assert room.drive(second)["status"] == "COMPLETED"
    assert first in room.desk.clean_up(second, CARLA, "over").message
    room.desk.clean_up(first, CARLA, "over")


def test_a_cancelled_run_whose_time_ends_before_its_cleanup_says_so(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01"), timeout_minutes=5)
    execution = room.start(plan)
    room.drive(execution, looks=1)
    room.desk.cancel(execution, CARLA, "enough", cleanup=True)
    assert room.drive(execution)["status"] == "TIMED_OUT"
    run = room.run(execution)
    assert run.cleanup_incomplete
    assert "The cleanup that carla@example.com asked for was not completed" in str(run.cause)


def alive(room: EngineRoom) -> list[str]:
    """What of DRS's instances still exists."""
    listed = room.simulated.done("DescribeRecoveryInstances")["items"]
    gone = {"TERMINATED", "SHUTTING-DOWN"}
    return [one["recoveryInstanceID"] for one in listed if one["ec2InstanceState"] not in gone]


def test_a_cleanup_waits_for_jobs_that_may_still_launch_something(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01"), timeout_minutes=5)
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "TIMED_OUT"
    done = room.desk.clean_up(execution, CARLA, "over")
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "COMPLETED"
    room.passes(3600)
    assert len(room.launched()) == 1
    assert alive(room) == []
    assert {one.status for one in room.state(execution).servers.values()} == {
        ServerStatus.TERMINATED
    }


def test_a_cleanup_does_not_wait_for_ever_and_says_what_may_still_come(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01"), timeout_minutes=5)
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "TIMED_OUT"
    told = room.assembly.service.jobs

    def never_over(*of: Any) -> Any:
        return {name: replace(job, ended=False) for name, job in told(*of).items()}

    room.assembly.service.jobs = never_over  # type: ignore[method-assign,assignment]
    done = room.desk.clean_up(execution, CARLA, "over")
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "FAILED"
    assert room.run(execution).cleanup_incomplete
    assert "clean up again when it has ended" in room.messages[-1][1]


def test_a_cancelled_run_whose_job_outlives_its_wave_says_that_something_may_still_come(
    rooms: Rooms,
) -> None:
    room = rooms()
    wave = room.wave("database", "db-01", timeout_minutes=3)
    execution = room.start(room.plan("p", wave))
    room.drive(execution, looks=1)
    room.desk.cancel(execution, CARLA, "enough", cleanup=True)
    assert room.drive(execution)["status"] == "CANCELLED"
    run = room.run(execution)
    assert run.cleanup_incomplete
    assert "clean up again when it has ended" in str(run.cause)
    again = room.desk.clean_up(execution, CARLA, "once more").run.cleanups
    assert room.drive(execution, cleanup=again)["status"] == "COMPLETED"
    room.passes(3600)
    assert alive(room) == []
