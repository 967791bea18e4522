"""What is looked after while DRS hangs, and what is told once although people act meanwhile."""

from typing import Any

from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.unreachable import Unreachable
from tests.engine.conftest import Rooms
from tests.engine_room import CARLA, EngineRoom


def test_runs_that_are_over_and_wait_for_a_drs_that_hangs_keep_nobody_from_the_others(
    rooms: Rooms,
) -> None:
    room = rooms()
    for name in ("db-01", "db-02", "app-a-01"):
        over = room.start(room.plan(name, room.wave(name, name)))
        state = room.drive(over, looks=1)
        room.act("record_failure", {**state, "error": {"Error": "E", "Cause": "boom"}})
    paused = room.start(room.plan("p", room.wave("w", "app-a-02", pause_before=True)))
    room.act("store_task_token", {"state": room.drive(paused, looks=0), "taskToken": "t"})
    room.passes(25 * 3600)
    asked = []

    def hangs(*of: Any) -> Any:
        asked.append(of)
        room.passes(20)
        raise Unreachable("DRS describe jobs was not answered")

    room.assembly.service.jobs = hangs  # type: ignore[method-assign,assignment]
    watched, wrong = room.assembly.watching.watch()
    assert room.callbacks.answers.keys() == {"t"}, "the pause is over, and that is seen to"
    assert watched.longest_pause >= 24 * 3600
    assert len(asked) == 2, "the third has its turn in a minute"
    assert len(wrong) == 2


def test_a_message_is_sent_once_although_a_person_acts_while_it_is_sent(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    send = room.messages.send

    def sent(*of: Any) -> None:
        send(*of)
        if room.run(execution).status is RunStatus.RUNNING:
            room.desk.pause(execution, CARLA, "wait")

    room.messages.send = sent  # type: ignore[method-assign,assignment]

    def go_on(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is RunStatus.PAUSING:
            room.messages.send = send  # type: ignore[method-assign]
            room.desk.resume(execution, CARLA, "go", None)

    assert room.drive(execution, at=go_on)["status"] == "COMPLETED"
    assert [kind for kind, _ in room.messages] == ["started", "completed"]


def test_a_run_keeps_when_it_was_paused(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("w", "db-01", pause_before=True)))

    def release(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is RunStatus.PAUSED:
            room.passes(300)
            room.desk.resume(execution, CARLA, "go", None)

    assert room.drive(execution, at=release)["status"] == "COMPLETED"
    run = room.run(execution)
    [pause] = run.pauses
    assert (pause.until - pause.since).total_seconds() == 300 == run.paused_seconds
