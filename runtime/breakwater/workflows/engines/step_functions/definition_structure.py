"""What of a definition a diagram is drawn from: states and the ways between them. Pure.

Left out is what people put secrets into: parameters, arguments, results. The words of a Choice's
rules stay: they are why a way is taken.
"""

import json
from collections.abc import Mapping
from typing import Any

from breakwater.timeline.definition import MAX_DEPTH

_STATE = ("Type", "Comment", "Next", "End", "Default", "Choices", "Resource")
_RETRY = ("ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds")
_CATCH = ("ErrorEquals", "Next")
_INSIDE = ("ItemProcessor", "Iterator")


class NoStates(ValueError):
    """It is JSON, and no state machine."""


def definition_structure(text: str) -> dict[str, Any]:
    """The structure; ValueError where the text is no JSON object with states."""
    told = json.loads(text)
    states = told.get("States") if isinstance(told, Mapping) else None
    if not isinstance(states, Mapping):
        raise NoStates("it has no States")
    return _machine(told, 0)


def _machine(told: Any, depth: int) -> dict[str, Any]:
    machine = told if isinstance(told, Mapping) else {}
    states = machine.get("States")
    if depth > MAX_DEPTH or not isinstance(states, Mapping):
        return {"States": {}}
    return {
        **_kept(machine, ("StartAt", "Comment")),
        "States": {str(name): _state(state, depth) for name, state in states.items()},
    }


def _state(told: Any, depth: int) -> dict[str, Any]:
    if not isinstance(told, Mapping):
        return {}
    state = _kept(told, _STATE)
    for name, members in (("Retry", _RETRY), ("Catch", _CATCH)):
        rules = told.get(name)
        if isinstance(rules, list):
            state[name] = [_kept(rule, members) for rule in rules if isinstance(rule, Mapping)]
    if isinstance(told.get("Branches"), list):
        state["Branches"] = [_machine(branch, depth + 1) for branch in told["Branches"]]
    for name in _INSIDE:
        if isinstance(told.get(name), Mapping):
            state[name] = _machine(told[name], depth + 1)
    return state


def _kept(told: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {name: told[name] for name in members if name in told}
