"""Histories of any length, for tests and for the benchmark."""

from datetime import UTC, datetime, timedelta
from typing import Any

BEGAN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
Events = list[dict[str, Any]]


class Written:
    """Events one after the other, a tenth of a second apart."""

    def __init__(self) -> None:
        self.events: Events = []

    def __call__(self, kind: str, before: int | None = None, **details: Any) -> int:
        number = len(self.events) + 1
        at = BEGAN + timedelta(milliseconds=100 * number)
        previous = number - 1 if before is None else before
        event = {"id": number, "type": kind, "timestamp": at, "previousEventId": previous}
        self.events.append({**event, **details})
        return number


def chain(steps: int, *, ended: bool = True) -> Events:
    """So many tasks, one after the other: five events each, and two."""
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    for number in range(steps):
        task(write, f"Step {number}")
    if ended:
        write("ExecutionSucceeded", executionSucceededEventDetails={"output": "{}"})
    return write.events


def task(write: Written, name: str, *, input: str = '{"a": 1}', output: str = '{"b": 2}') -> int:
    entered = write("TaskStateEntered", stateEnteredEventDetails={"name": name, "input": input})
    told = {"resourceType": "lambda", "resource": "invoke"}
    write("TaskScheduled", taskScheduledEventDetails={**told, "parameters": input})
    write("TaskStarted", taskStartedEventDetails=told)
    write("TaskSucceeded", taskSucceededEventDetails={**told, "output": output})
    write("TaskStateExited", stateExitedEventDetails={"name": name, "output": output})
    return entered


def fan(iterations: int) -> Events:
    """A Map with so many iterations of one task each, then one more task."""
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    write("MapStateEntered", stateEnteredEventDetails={"name": "Fan", "input": "[]"})
    begun = write("MapStateStarted", mapStateStartedEventDetails={"length": iterations})
    for index in range(iterations):
        about = {"name": "Fan", "index": index}
        write("MapIterationStarted", begun, mapIterationStartedEventDetails=about)
        task(write, "Each")
        last = write("MapIterationSucceeded", mapIterationSucceededEventDetails=about)
    write("MapStateSucceeded", last)
    write("MapStateExited", last, stateExitedEventDetails={"name": "Fan", "output": "[]"})
    task(write, "After")
    write("ExecutionSucceeded", executionSucceededEventDetails={"output": "{}"})
    return write.events
