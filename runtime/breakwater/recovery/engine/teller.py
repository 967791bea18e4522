"""Tells what happened: messages to people, metrics to CloudWatch. Each at least once.

What is to be told was written with what it tells of; it is taken away only after it was told.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.recovery.engine.event import Event
from breakwater.recovery.engine.messages import Message, message_of
from breakwater.recovery.engine.metrics import metrics_of
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed, RunStore

logger = Logger(child=True)
_TRIES = 3


class Messages(Protocol):
    """Speaks to people."""

    def send(self, message: Message, event: Event, run: Run) -> None:
        """Tell them."""


class Teller:
    """Empties a run's outbox."""

    def __init__(
        self,
        store: RunStore,
        messages: Messages,
        *,
        environment: str,
        link: Callable[[str], str | None],
    ) -> None:
        """
        :param link: the page of a run, by its id.
        """
        self._store = store
        self._messages = messages
        self._environment = environment
        self._link = link

    def tell(self, state: RunState) -> None:
        """Everything that is to be told. A topic that refuses keeps no run from going on: what was
        not told is told at the next look, or by the watch.
        """
        run = state.run
        if not run.outbox:
            return
        told = 0
        for event in run.outbox:
            if not self._told(event, run):
                break
            told += 1
        if told:
            self._taken_away(state, run.outbox[:told])

    def _taken_away(self, state: RunState, told: tuple[Event, ...]) -> None:
        run = state.run
        for _ in range(_TRIES):
            if run.outbox[: len(told)] != told:
                return  # a second copy of this function told it, too
            try:
                state.put(*self._store.save([replace(run, outbox=run.outbox[len(told) :])]))
            except Changed:  # a person asked for something meanwhile
                # By Query: that is what every function of the engine may.
                run = self._store.outline(run.execution_id).run
            else:
                return

    def _told(self, event: Event, run: Run) -> bool:
        message = message_of(
            event, run, self._link(run.execution_id), environment=self._environment
        )
        if message is not None:
            try:
                self._messages.send(message, event, run)
            except (BotoCoreError, ClientError):
                logger.exception("Nobody was told", event=event.kind.value, run=run.execution_id)
                return False
        for document in metrics_of(event, run, environment=self._environment):
            sys.stdout.write(json.dumps(document) + "\n")
        return True
