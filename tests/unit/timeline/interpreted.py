"""Histories that moto's interpreter makes of definitions of ours, while the tests run."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.interpreters.moto_interpreter import moto_interpreter

Events = list[dict[str, Any]]
_INVOKE = "arn:aws:states:::lambda:invoke"


def task(function: str = "work", **more: Any) -> dict[str, Any]:
    """A Task that calls a function with its input; the last state unless Next is given."""
    state = {
        "Type": "Task",
        "Resource": _INVOKE,
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        "ResultPath": None,
        **more,
    }
    return state if "Next" in state else {**state, "End": True}


def callback(**more: Any) -> dict[str, Any]:
    """A Task that waits for its token."""
    parameters = {"FunctionName": "work", "Payload": {"answerTo.$": "$$.Task.Token"}}
    return task(Resource=f"{_INVOKE}.waitForTaskToken", Parameters=parameters, **more)


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    """A definition that begins with the first of these states."""
    return {"StartAt": next(iter(states)), "States": states}


def parallel(*branches: dict[str, Any], **more: Any) -> dict[str, Any]:
    state = {"Type": "Parallel", "Branches": list(branches), **more}
    return state if "Next" in state else {**state, "End": True}


def each(inner: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Map over `$.items`."""
    state = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, **more}
    return state if "Next" in state else {**state, "End": True}


def history(
    definition: Mapping[str, Any],
    work: Callable[[Any], Any] = lambda event: event,
    given: Any = None,
) -> Events:
    """The events of one run."""
    with moto_interpreter({"work": work}) as interpreter:
        return interpreter.run(definition, given).events()


def failing_first(times: int) -> Callable[[Any], Any]:
    """A function that fails so often before it does its work."""
    left = [times]

    def work(event: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise RuntimeError("not yet")
        return event

    return work
