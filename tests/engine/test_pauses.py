"""Waves that are held and runs that are paused, until somebody resumes them or nobody does."""

from typing import Any

import pytest

from breakwater.platform.http.errors import Conflict
from breakwater.recovery.engine.status import RunStatus, WaveStatus
from tests.engine.conftest import Rooms
from tests.engine.looking import cause, waves
from tests.engine_room import CARLA, EngineRoom


def test_a_held_wave_waits_while_others_go_on_and_then_the_run_is_paused(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "p",
        room.wave("database", "db-01"),
        room.wave("cache", "app-a-01", pause_before=True),
    )
    execution = room.start(plan)
    seen = []

    def release(room: EngineRoom, state: dict[str, Any]) -> None:
        seen.append((state["status"], waves(room, execution)))
        if state["status"] == "PAUSED":
            assert room.run(execution).status is RunStatus.PAUSED
            room.desk.resume(execution, CARLA, "go", ["cache"])

    assert room.drive(execution, at=release)["status"] == "COMPLETED"
    assert seen[0] == (
        "RUNNING",
        {"database": WaveStatus.LAUNCHING, "cache": WaveStatus.HELD},
    )
    assert ("PAUSED", {"database": WaveStatus.COMPLETED, "cache": WaveStatus.HELD}) in seen
    assert [kind for kind, _ in room.messages] == ["started", "paused", "resumed", "completed"]


def test_a_held_wave_that_is_released_before_the_pause_starts_at_the_next_look(
    rooms: Rooms,
) -> None:
    room = rooms()
    plan = room.plan(
        "p", room.wave("database", "db-01"), room.wave("cache", "app-a-01", pause_before=True)
    )
    execution = room.start(plan)
    done: list[Any] = []

    def release(room: EngineRoom, state: dict[str, Any]) -> None:
        if not done:
            done.append(room.desk.resume(execution, CARLA, "go", None))
        assert state["status"] != "PAUSED"

    assert room.drive(execution, at=release)["status"] == "COMPLETED"
    assert done[0].within_seconds <= 31


def test_a_pause_that_is_asked_for_lets_what_runs_settle_and_then_waits(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.sample())
    seen = []

    def pause(room: EngineRoom, state: dict[str, Any]) -> None:
        run = room.run(execution)
        seen.append(run.status)
        if run.status is RunStatus.RUNNING and len(seen) == 2:
            room.desk.pause(execution, CARLA, "wait for the network")
        if run.status is RunStatus.PAUSING:
            assert state["waitSeconds"] <= 30
        if run.status is RunStatus.PAUSED:
            assert waves(room, execution)["database"] is WaveStatus.COMPLETED
            assert waves(room, execution)["app a"] is WaveStatus.PENDING
            room.desk.resume(execution, CARLA, "network is up", None)

    assert room.drive(execution, at=pause)["status"] == "COMPLETED"
    assert RunStatus.PAUSING in seen
    assert RunStatus.PAUSED in seen


def test_the_second_of_two_who_resume_is_told_who_was_first(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01", pause_before=True))
    execution = room.start(plan)

    def twice(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.desk.resume(execution, CARLA, "first", None)
            with pytest.raises(Conflict, match=r"carla@example\.com resumed it"):
                room.desk.resume(execution, CARLA, "second", None)

    assert room.drive(execution, at=twice)["status"] == "COMPLETED"


def test_a_pause_that_nobody_ends_is_ended_at_its_limit_and_told_of_long_before(
    rooms: Rooms,
) -> None:
    room = rooms()
    plan = room.plan(
        "p", room.wave("database", "db-01", pause_before=True), pause_timeout_minutes=120
    )
    execution = room.start(plan)

    def watch(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.passes(31 * 60)
            room.watch()
            assert room.messages[-1][0] == "waitingTooLong"

    assert room.drive(execution, at=watch)["status"] == "TIMED_OUT"
    assert "Nobody resumed" in cause(room, execution)
    assert room.leases() == []


def test_the_watch_ends_a_pause_where_the_state_machine_does_not(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "p", room.wave("database", "db-01", pause_before=True), pause_timeout_minutes=120
    )
    execution = room.start(plan)

    def watch(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.passes(121 * 60)
            room.watch()
            assert room.callbacks.answers, "the token is answered"

    assert room.drive(execution, at=watch)["status"] == "TIMED_OUT"
