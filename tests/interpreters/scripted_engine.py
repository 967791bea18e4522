"""Functions that do as a script says; the script is in the state object, so they remember nothing.

A line says whose turn it is and what comes out:

    {"by": "begin", "says": {"status": "RUNNING"}}         the state object, so changed
    {"by": "begin", "raises": "no"}                        an error, as often as it is called
    {"by": "store_task_token", "says": {...}}              what answers the token
    {"by": "store_task_token", "silent": True}             nobody answers the token

A real function is made of this file alone (tests/integration).
"""

import json
from collections.abc import Callable
from typing import Any

import boto3


class OutOfTurn(AssertionError):
    """The machine called another function than the script expects."""


def act(name: str, event: dict[str, Any], answer: Callable[[str, dict[str, Any]], object]) -> Any:
    """What the function with this name does.

    :param answer: answers a token with a state object.
    """
    state = dict(event.get("state", event))
    lines = list(state.pop("script"))
    for caught in ("error", "timedOut"):
        if caught in state:
            del state[caught]
            lines.pop(0)  # whose line it was is not called again
    line: dict[str, Any] = lines.pop(0) if lines else {"by": "nobody"}
    if line["by"] != name:
        raise OutOfTurn(f"it is the turn of {line['by']}, and {name} was called")
    if "raises" in line:
        raise RuntimeError(line["raises"])
    state = {**state, **line.get("says", {}), "script": lines}
    if "taskToken" not in event:
        return {key: value for key, value in state.items() if value != "without"}
    if not line.get("silent"):
        answer(event["taskToken"], state)
    return None


def handler(event: dict[str, Any], context: Any) -> Any:
    """The same as a function of Lambda, which is called `<prefix>-<name>`."""

    def answer(token: str, state: dict[str, Any]) -> None:
        boto3.client("stepfunctions").send_task_success(taskToken=token, output=json.dumps(state))

    return act(context.function_name.rpartition("-")[2], event, answer)
