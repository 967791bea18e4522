"""A decision that does not fit into one transaction, and is broken off between two of them."""

from collections.abc import Callable
from typing import Any

import pytest

from breakwater.recovery.engine import run_store
from breakwater.recovery.engine.state_object import execution_input
from breakwater.recovery.engine.status import JobStatus, RunStatus, WaveStatus
from tests.engine.conftest import Rooms
from tests.engine.looking import waves
from tests.engine_room import CARLA, EngineRoom, engine_room

WRITES = "dynamodb:TransactWriteItems"


@pytest.fixture(autouse=True)
def _small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three waves that start are seven items, as fifty are a hundred."""
    monkeypatch.setattr(run_store, "_TOGETHER", 6)


def three_waves(room: EngineRoom) -> str:
    names = ("db-01", "db-02", "app-a-01")
    return room.start(room.plan("p", *(room.wave(f"wave {name}", name) for name in names)))


@pytest.fixture
def number() -> int:
    """Before which of its calls `begin` has written some of the jobs, and none of the waves."""
    with engine_room() as room:
        run = room.run(three_waves(room))
        room.act("begin", execution_input(run))
        until = room.calls.index("drs:StartRecovery")
        return max(number for number, call in enumerate(room.calls[:until]) if call == WRITES)


def begun(room: EngineRoom, number: int, happens: Callable[[str], Any] | None) -> str:
    execution = three_waves(room)
    if happens is None:
        room.calls.kill_before = number
    else:
        room.calls.meanwhile = (number, lambda: happens(execution))
    room.act("begin", execution_input(room.run(execution)))
    return execution


def test_a_run_that_is_killed_between_its_jobs_and_its_waves_goes_on(
    rooms: Rooms, number: int
) -> None:
    room = rooms()
    execution = begun(room, number, None)
    assert room.drive(execution)["status"] == "COMPLETED"
    assert len(room.launched()) == len(set(room.launched())) == 3


def test_a_pause_asked_for_between_jobs_and_waves_keeps_both_from_starting(
    rooms: Rooms, number: int
) -> None:
    room = rooms()
    execution = begun(room, number, lambda run: room.desk.pause(run, CARLA, "wait"))
    assert room.calls.count("drs:StartRecovery") == 0
    assert set(waves(room, execution).values()) == {WaveStatus.PENDING}

    def go_on(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is RunStatus.PAUSED:
            room.desk.resume(execution, CARLA, "go", None)

    assert room.drive(execution, at=go_on)["status"] == "COMPLETED"
    assert len(room.launched()) == len(set(room.launched())) == 3


def test_a_cancellation_between_jobs_and_waves_leaves_no_job_waiting(
    rooms: Rooms, number: int
) -> None:
    room = rooms()
    execution = begun(room, number, lambda run: room.desk.cancel(run, CARLA, "no", cleanup=True))
    assert room.drive(execution)["status"] == "CANCELLED"
    assert room.launched() == []
    assert {job.status for job in room.state(execution).jobs.values()} == {JobStatus.DROPPED}
