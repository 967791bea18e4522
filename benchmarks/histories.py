"""Generated histories, about 400 bytes per event: a long loop, and a wide map."""

import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater.timeline.event_rules import rule_of

Events = list[dict[str, Any]]
_BEGAN = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
_AT_ONCE = 40
_EVENTS_OF_AN_ITERATION = 7
_EVENTS_AROUND = 6


class _History:
    def __init__(self, payload_bytes: int) -> None:
        self.events: Events = []
        self.payload = json.dumps({"executionId": "run-1", "filler": "x" * payload_bytes})

    def add(self, kind: str, previous: int, **details: Any) -> int:
        number = len(self.events) + 1
        at = _BEGAN + timedelta(milliseconds=37 * number)
        event: dict[str, Any] = {
            "timestamp": at.isoformat(),
            "type": kind,
            "id": number,
            "previousEventId": previous,
        }
        if details:
            event[rule_of(kind).member] = details
        self.events.append(event)
        return number

    def call(self, kind: str, previous: int, **details: Any) -> int:
        return self.add(kind, previous, resourceType="lambda", resource="invoke", **details)

    def state(self, kind: str, previous: int, name: str) -> int:
        payload = "input" if kind.endswith("Entered") else "output"
        return self.add(kind, previous, name=name, **{payload: self.payload})


def loop(count: int) -> Events:
    """A Choice, a Wait and a Task, again and again: what watching a long job looks like."""
    made = _History(195)
    made.add("ExecutionStarted", 0, input=made.payload)
    last = 0
    while len(made.events) < count - 9:
        last = made.state("ChoiceStateEntered", last, "Over?")
        last = made.state("ChoiceStateExited", last, "Over?")
        last = made.state("WaitStateEntered", last, "Wait")
        last = made.state("WaitStateExited", last, "Wait")
        last = made.state("TaskStateEntered", last, "Look")
        last = made.call("TaskScheduled", last, parameters=made.payload)
        last = made.call("TaskStarted", last)
        last = made.call("TaskSucceeded", last, output=made.payload)
        last = made.state("TaskStateExited", last, "Look")
    while len(made.events) < count - 1:
        last = made.state("PassStateEntered", last, "End")
    made.add("ExecutionSucceeded", last, output=made.payload)
    return made.events


def wide_map(count: int) -> Events:
    """Thousands of items, forty at once; each iteration begins off the end of another."""
    made = _History(260)
    items = (count - _EVENTS_AROUND) // _EVENTS_OF_AN_ITERATION
    made.add("ExecutionStarted", 0, input=made.payload)
    entered = made.state("MapStateEntered", 0, "Each")
    last = begun = made.add("MapStateStarted", entered, length=items)
    waiting = deque(range(items))
    running: deque[tuple[int, int, int]] = deque()

    stages: tuple[Callable[[int], int], ...] = (
        lambda before: made.state("TaskStateEntered", before, "Work"),
        lambda before: made.call("TaskScheduled", before, parameters=made.payload),
        lambda before: made.call("TaskStarted", before),
        lambda before: made.call("TaskSucceeded", before, output=made.payload),
        lambda before: made.state("TaskStateExited", before, "Work"),
    )

    def begin(previous: int) -> None:
        index = waiting.popleft()
        number = made.add("MapIterationStarted", previous, name="Each", index=index)
        running.append((index, 0, number))

    for _ in range(min(_AT_ONCE, items)):
        begin(begun)
    while running:
        index, stage, previous = running.popleft()
        if stage == len(stages):
            last = made.add("MapIterationSucceeded", previous, name="Each", index=index)
            if waiting:
                begin(previous)
            continue
        previous = stages[stage](previous)
        running.append((index, stage + 1, previous))
    made.add("MapStateSucceeded", last)
    exited = made.state("MapStateExited", last, "Each")
    made.add("ExecutionSucceeded", exited, output=made.payload)
    return made.events
