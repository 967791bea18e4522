"""Waves and plans beyond their time, and what comes up after it."""

from typing import Any

import pytest

from breakwater.recovery.engine.status import ServerStatus, WaveStatus
from tests.engine.conftest import Rooms
from tests.engine.looking import cause, server, waves
from tests.engine_room import CARLA, EngineRoom


def test_a_wave_beyond_its_timeout_fails_and_names_the_servers_that_are_open(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: slow-phase, server: db-01, phase: conversion, takes: 5h}]")
    plan = room.plan("p", room.wave("database", "db-01", "db-02", timeout_minutes=30))
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "FAILED"
    [wave] = room.state(execution).in_order()
    assert (wave.status, wave.reason) == (WaveStatus.FAILED, "timedOut")
    assert "db-01" in str(wave.cause)
    assert server(room, execution, "db-02").status is ServerStatus.LAUNCHED
    ended = room.run(execution).ended_at
    assert ended is not None
    assert wave.ended_at is not None
    assert (ended - wave.ended_at).total_seconds() <= 150, "watched for one grace period"
    room.watch()
    assert len(room.leases()) == 2, "DRS still works on the job, so the leases stay"
    room.passes(6 * 3600)
    room.watch()
    assert room.leases() == []
    assert room.run(execution).open is None


@pytest.mark.parametrize(
    ("takes", "another"),
    [("5h", False), ("80m", True)],
    ids=["the job outlives the run", "the job ends while another wave runs"],
)
def test_a_server_that_comes_up_after_its_wave_has_timed_out_is_not_launched_again(
    rooms: Rooms, takes: str, another: bool
) -> None:
    room = rooms(
        f"faults: [{{fault: slow-phase, server: db-01, phase: conversion, takes: {takes}}},"
        "{fault: slow-phase, server: web-01, phase: conversion, takes: 3h}]"
    )
    plan = room.plan(
        "p",
        room.wave("database", "db-01", timeout_minutes=30),
        *([room.wave("long", "web-01", region="eu-central-1")] if another else []),
    )
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "FAILED"
    room.passes(6 * 3600)
    room.watch()
    late = server(room, execution, "db-01")
    assert late.status is ServerStatus.LAUNCHED
    assert late.recovery_instance_id
    assert str(late.cause).startswith("Late: ")
    again = room.desk.retry(execution, CARLA, "it was only late", None).execution_id
    assert room.drive(again)["status"] == "COMPLETED"
    assert server(room, again, "db-01").taken_over
    assert room.launched().count(room.simulated.servers()["db-01"]) == 1


def test_a_plan_beyond_its_timeout_is_timed_out(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: slow-phase, server: db-01, phase: conversion, takes: 5h}]")
    plan = room.plan("p", room.wave("database", "db-01"), timeout_minutes=60)
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "TIMED_OUT"
    assert "60 minutes" in cause(room, execution)
    assert waves(room, execution) == {"database": WaveStatus.FAILED}
    assert room.messages[-1][0] == "timedOut"


def test_paused_time_does_not_count_towards_the_plan_timeout(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "p",
        room.wave("database", "db-01", pause_before=True),
        timeout_minutes=45,
        pause_timeout_minutes=600,
    )
    execution = room.start(plan)

    def late(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.passes(5 * 3600)
            room.desk.resume(execution, CARLA, "slept well", None)

    assert room.drive(execution, at=late)["status"] == "COMPLETED"
    assert room.run(execution).paused_seconds == pytest.approx(5 * 3600, abs=5)
