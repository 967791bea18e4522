"""A run that another release began: its definition stays, the functions behind it are ours now.

What the releases had in the state object: `SCHEMA_VERSION` in state_object.py.
"""

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest

from breakwater.recovery.engine.state_object import SCHEMA_VERSION
from tests.engine.conftest import Tell
from tests.engine.two_waves import both_complete, two_waves
from tests.engine_room import CARLA
from tests.interpreters.interpreted_room import InterpretedRoom

PREVIOUS = 1
SINCE_THEN = ("cause", "pauseTimeoutSeconds", "cleanup", "pauses")


def as_previous(state: Mapping[str, Any]) -> dict[str, Any]:
    """As the previous release said it."""
    kept = {name: value for name, value in state.items() if name not in SINCE_THEN}
    return {**kept, "schemaVersion": PREVIOUS}


def as_next(state: Mapping[str, Any]) -> dict[str, Any]:
    """As the next release may say it, which is then rolled back."""
    return {**state, "schemaVersion": SCHEMA_VERSION + 1, "mood": {"of": ["the", "moon"]}}


def previous_definition(definition: Mapping[str, Any]) -> dict[str, Any]:
    """One that reads nothing that the previous state object had not."""
    changed = copy.deepcopy(dict(definition))
    for state in changed["States"].values():
        if state.pop("TimeoutSecondsPath", None):
            state["TimeoutSeconds"] = 86400
        if state.pop("CausePath", None):
            state["Cause"] = "See the run."
    text = json.dumps(changed)
    assert not [name for name in SINCE_THEN if f"$.{name}" in text]
    return changed


def by_release(told: InterpretedRoom, action: str, says: Any) -> None:
    """This function is still, or again, that of another release."""
    ours = told.functions[action]
    told.functions[action] = lambda event: says(ours(event))


def test_a_release_is_one_further_than_the_previous_one() -> None:
    """Whoever raises it writes down here what the release before had."""
    assert SCHEMA_VERSION == PREVIOUS + 1


def test_a_run_that_the_previous_release_paused_is_resumed_by_this_one(
    tell: Tell, definition: dict[str, Any]
) -> None:
    told = tell(by=previous_definition(definition))
    ours = told.functions["update_wave_status"]
    by_release(told, "begin", as_previous)
    by_release(told, "update_wave_status", as_previous)
    run = told.start(two_waves(told, pause_before=True))
    told.paused(run)
    told.functions["update_wave_status"] = ours  # the deployment
    waiting = told.interpreter.called[-1]
    assert waiting[0] == "store_task_token"
    assert waiting[1]["state"]["schemaVersion"] == PREVIOUS
    told.desk.resume(run, CARLA, "after the deployment", None)
    both_complete(told, run)


@pytest.mark.parametrize("says", [as_previous, as_next])
def test_an_answer_in_the_words_of_another_release_resumes_a_run(tell: Tell, says: Any) -> None:
    """The API and the functions are not deployed at the same moment."""
    told = tell()
    run = told.start(two_waves(told, pause_before=True))
    told.paused(run)
    machine = told.room.executions
    answer = machine.answer
    machine.answer = lambda token, output: answer(token, says(output))
    told.desk.resume(run, CARLA, "by the other release", None)
    both_complete(told, run)
    [resumed] = [event for name, event in told.interpreter.called if name == "resume_wave"]
    assert resumed["schemaVersion"] == says({})["schemaVersion"]


def test_a_run_that_the_next_release_began_goes_on_after_it_is_rolled_back(tell: Tell) -> None:
    told = tell()
    by_release(told, "begin", as_next)
    run = told.start(two_waves(told))
    both_complete(told, run)
