"""Tells what happened: messages to people, metrics to CloudWatch. Each at least once.

What is to be told was written with what it tells of; it is taken away only after it was told.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from breakwater.recovery.engine.event import Event
from breakwater.recovery.engine.messages import Message, message_of
from breakwater.recovery.engine.metrics import metrics_of
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed, RunStore


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
        """Everything that is to be told."""
        run = state.run
        if not run.outbox:
            return
        for event in run.outbox:
            link = self._link(run.execution_id)
            message = message_of(event, run, link, environment=self._environment)
            if message is not None:
                self._messages.send(message, event, run)
            for document in metrics_of(event, run, environment=self._environment):
                sys.stdout.write(json.dumps(document) + "\n")
        try:
            state.put(*self._store.save([replace(run, outbox=())]))
        except Changed:
            return  # a person asked for something meanwhile; the next look tells it once more
