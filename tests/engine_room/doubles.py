"""Whom the engine tells, in place of SNS and Step Functions."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from breakwater.recovery.engine.event import Event
from breakwater.recovery.engine.messages import Message
from breakwater.recovery.engine.run import Run
from tests.simulated import ACCOUNT, REGION

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:recovery:live"


class Sent(list[tuple[str, str]]):
    """Messages to people: kind and body."""

    def __init__(self, called: Callable[[str], None]) -> None:
        super().__init__()
        self._called = called

    def send(self, message: Message, event: Event, run: Run) -> None:
        self._called("sns:Publish")
        self.append((event.kind.value, message.body))


class Callbacks:
    """Step Functions, as far as the engine calls it."""

    state_machine = MACHINE

    def __init__(self, called: Callable[[str], None]) -> None:
        self._called = called
        self.answers: dict[str, dict[str, Any]] = {}
        self.started: list[tuple[str, int]] = []
        self.how_it_ended: str | None = None

    def start(self, run: Run, cleanup: int = 0) -> str:
        self._called("states:StartExecution")
        self.started.append((run.execution_id, cleanup))
        return "arn"

    def ended(self, run: Run, cleanup: int = 0) -> str | None:
        self._called("states:DescribeExecution")
        return self.how_it_ended

    def answer(self, token: str, output: Mapping[str, Any]) -> None:
        self._called("states:SendTaskSuccess")
        self.answers.setdefault(token, json.loads(json.dumps(output)))
