"""Tells what happened: messages to people, metrics to CloudWatch. Each at least once.

What is to be told was written with what it tells of; it is taken away only after it was told.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from breakwater.recovery.engine.event import Event
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed, RunStore


class Messages(Protocol):
    """Speaks to people."""

    def send(self, event: Event, run: Run) -> None:
        """Tell them, if this is for them."""


Metrics = Callable[[Event, Run], list[dict[str, object]]]


class Teller:
    """Empties a run's outbox."""

    def __init__(self, store: RunStore, messages: Messages, metrics: Metrics) -> None:
        self._store = store
        self._messages = messages
        self._metrics = metrics

    def tell(self, state: RunState) -> None:
        """Everything that is to be told."""
        run = state.run
        if not run.outbox:
            return
        for event in run.outbox:
            self._messages.send(event, run)
            for document in self._metrics(event, run):
                sys.stdout.write(json.dumps(document) + "\n")
        try:
            state.put(*self._store.save([replace(run, outbox=())]))
        except Changed:
            return  # a person asked for something meanwhile; the next look tells it once more
