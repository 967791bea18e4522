"""Runs that somebody cancels: what they wait for, and what they clean up."""

from typing import Any

from breakwater.recovery.engine.status import RunStatus, ServerStatus, StepStatus, WaveStatus
from tests.engine.conftest import Rooms
from tests.engine.looking import cause, server, waves
from tests.engine_room import CARLA, EngineRoom


def test_a_cancelled_run_watches_its_jobs_to_their_end(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.sample())

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is RunStatus.RUNNING:
            room.desk.cancel(execution, CARLA, "wrong plan", cleanup=False)
        else:
            assert state["waitSeconds"] <= 30

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    assert waves(room, execution) == {
        "database": WaveStatus.COMPLETED,
        "app a": WaveStatus.CANCELLED,
        "app b": WaveStatus.CANCELLED,
        "web": WaveStatus.CANCELLED,
    }
    assert server(room, execution, "db-01").status is ServerStatus.LAUNCHED
    assert "wrong plan" in cause(room, execution)


def test_a_cancelled_drill_terminates_what_it_launched_step_by_step(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.sample())

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        launching = waves(room, execution)["app a"] is WaveStatus.LAUNCHING
        if launching and room.run(execution).status is RunStatus.RUNNING:
            room.desk.cancel(execution, CARLA, "enough", cleanup=True)

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    steps = room.state(execution).steps.values()
    assert {step.status for step in steps} == {StepStatus.SUCCEEDED}
    assert len(steps) == 3
    assert server(room, execution, "db-01").status is ServerStatus.TERMINATED
    assert server(room, execution, "app-b-01").status is ServerStatus.TERMINATED
    listed = room.simulated.done("DescribeRecoveryInstances")["items"]
    assert {one["ec2InstanceState"] for one in listed} <= {"TERMINATED", "SHUTTING-DOWN"}


def test_a_run_that_is_paused_can_be_cancelled(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01", pause_before=True))
    execution = room.start(plan)

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.desk.cancel(execution, CARLA, "not today", cleanup=True)

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    assert room.calls.count("drs:StartRecovery") == 0
    assert room.leases() == []


def test_a_compensation_step_that_fails_is_shown_and_can_be_run_again(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: access-denied, call: TerminateRecoveryInstances, times: 12}]")
    execution = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is RunStatus.RUNNING:
            room.desk.cancel(execution, CARLA, "enough", cleanup=True)

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    assert room.run(execution).cleanup_incomplete
    [step] = room.state(execution).steps.values()
    assert step.status is StepStatus.FAILED
    assert "AccessDenied" in str(step.cause)

    done = room.desk.clean_up(execution, CARLA, "once more")
    assert room.callbacks.started[-1] == (execution, 1)
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "COMPLETED"
    assert not room.run(execution).cleanup_incomplete
    assert room.run(execution).status is RunStatus.CANCELLED
    assert room.messages[-1][0] == "cleanedUp"
