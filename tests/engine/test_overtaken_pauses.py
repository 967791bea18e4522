"""Copies of the functions of a pause that come late, twice or in the wrong order.

Step Functions makes a token for each try, and waits for one of them only; a try that it has given
up may still be at work, even when the pause is over.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from breakwater.recovery.engine.state_object import execution_input
from breakwater.recovery.engine.status import RunStatus, WaveStatus
from tests.engine.conftest import Rooms
from tests.engine.looking import waves
from tests.engine_room import CARLA, EngineRoom

LATE, WAITED_FOR = "of a try that was given up", "of the try that is waited for"


def held(room: EngineRoom) -> tuple[str, dict[str, Any]]:
    """A run about to pause, and what the state machine is told."""
    execution = room.start(room.plan("p", room.wave("database", "db-01", pause_before=True)))
    state = room.act("begin", execution_input(room.run(execution)))
    assert state["status"] == "PAUSED"
    return execution, state


def kept(room: EngineRoom, state: Mapping[str, Any], *tokens: str) -> None:
    for token in tokens:
        room.act("store_task_token", {"state": state, "taskToken": token})


@pytest.mark.parametrize("order", [(LATE, WAITED_FOR), (WAITED_FOR, LATE)])
def test_whichever_try_kept_its_token_last_a_decision_reaches_the_one_that_is_waited_for(
    rooms: Rooms, order: tuple[str, str]
) -> None:
    room = rooms()
    execution, state = held(room)
    kept(room, state, *order)
    assert [kind for kind, _ in room.messages] == ["started", "paused"]
    room.desk.resume(execution, CARLA, "go", None)
    answer = room.callbacks.answers[WAITED_FOR]
    assert room.act("resume_wave", answer)["status"] == "RUNNING"
    assert waves(room, execution) == {"database": WaveStatus.LAUNCHING}
    assert room.run(execution).tokens == ()


def test_the_watch_answers_every_token_of_a_pause(rooms: Rooms) -> None:
    room = rooms()
    execution, state = held(room)
    kept(room, state, WAITED_FOR, LATE)
    room.desk.resume(execution, CARLA, "go", None)
    room.callbacks.answers.clear()  # lost
    room.watch()
    assert room.callbacks.answers.keys() == {LATE, WAITED_FOR}


def test_a_try_that_comes_when_waves_are_under_way_again_pauses_nothing(rooms: Rooms) -> None:
    room = rooms()
    first = room.wave("database", "db-01", pause_before=True)
    second = room.wave("web", "app-a-01", pause_before=True)
    execution = room.start(room.plan("p", first, second))
    state = room.act("begin", execution_input(room.run(execution)))
    kept(room, state, WAITED_FOR)
    room.desk.resume(execution, CARLA, "the first only", ["database"])
    room.act("resume_wave", room.callbacks.answers[WAITED_FOR])
    assert waves(room, execution)["web"] is WaveStatus.HELD
    of_an_older_release = {name: one for name, one in state.items() if name != "pauses"}
    for late in (state, of_an_older_release):
        kept(room, late, LATE)
        assert room.run(execution).status is RunStatus.RUNNING
    assert [kind for kind, _ in room.messages].count("paused") == 1


def test_a_late_copy_of_a_resumption_releases_nothing_of_the_next_pause(rooms: Rooms) -> None:
    room = rooms()
    first = room.wave("database", "db-01")
    execution = room.start(room.plan("p", first, room.wave("web", "app-a-01", pause_before=True)))
    answers: list[Any] = []

    def twice(room: EngineRoom, state: dict[str, Any]) -> None:
        run = room.run(execution)
        if run.status is RunStatus.RUNNING and not answers:
            room.desk.pause(execution, CARLA, "wait for the network")
            answers.append(None)
        if run.status is RunStatus.PAUSED and len(answers) == 1:
            room.desk.resume(execution, CARLA, "the network is up; web waits", [])
            answers.append(list(room.callbacks.answers.values())[-1])
        elif run.status is RunStatus.PAUSED and len(answers) == 2:
            answers.append(None)
            room.act("resume_wave", answers[1])
            assert room.run(execution).status is RunStatus.PAUSED
            assert waves(room, execution)["web"] is WaveStatus.HELD
            room.desk.resume(execution, CARLA, "go", None)

    assert room.drive(execution, at=twice)["status"] == "COMPLETED"
    assert len(answers) == 3


def test_a_run_that_was_paused_for_hours_has_not_been_silent_for_hours(rooms: Rooms) -> None:
    room = rooms()
    execution, state = held(room)
    kept(room, state, WAITED_FOR)
    room.passes(2 * 3600)
    room.desk.resume(execution, CARLA, "go", None)
    look, seen = room.assembly.engine.look, []

    def while_it_is_about_to(*of: Any, **more: Any) -> Any:
        seen.append((room.run(execution).status, room.assembly.watching.watch()[0]))
        return look(*of, **more)

    room.assembly.engine.look = while_it_is_about_to  # type: ignore[method-assign]
    room.act("resume_wave", room.callbacks.answers[WAITED_FOR])
    [(status, watched)] = seen
    assert status is RunStatus.RUNNING
    assert watched.longest_silence < 60
