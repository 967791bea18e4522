"""Follows one watched execution: what is new in its history becomes deltas of its steps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from breakwater.live.change_bus import ChangeBus
from breakwater.live.changes import Told
from breakwater.live.publisher import Publisher
from breakwater.live.step_deltas import seen_in, step_deltas
from breakwater.live.tails import Gone, Tail, Tails
from breakwater.live.topic_log import Change
from breakwater.live.topics import id_of_execution, topic_of
from breakwater.timeline.timeline import Timeline, reconstruct

Events = list[dict[str, Any]]
_TERMINAL = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"})
_SKEW = timedelta(seconds=5)
"""Clocks differ: what happened so shortly before somebody listened is told once more."""


class Histories(Protocol):
    """Where events come from; see timeline.reader."""

    def events(self, execution_arn: str, *, payloads: bool = False) -> Events:
        """The whole history."""

    def tail(self, execution_arn: str, *, after: int, payloads: bool = False) -> Events:
        """The events after this one."""


class Tailer:
    """One execution, for as long as somebody watches it."""

    def __init__(
        self,
        tail: Tail,
        *,
        histories: Histories,
        tails: Tails,
        publisher: Publisher,
        bus: ChangeBus | None,
    ) -> None:
        self._tail = tail
        self._histories = histories
        self._tails = tails
        self._publisher = publisher
        self._bus = bus
        self._workflow_id = id_of_execution(tail.execution_arn)
        self._timeline: Timeline | None = None

    @property
    def ended(self) -> bool:
        """Nothing will come any more."""
        return self._timeline is not None and self._timeline.execution.status in _TERMINAL

    def look(self, at: datetime) -> bool:
        """Read what is new and tell it; True if there was anything."""
        before = self._timeline
        if before is None:
            events = self._histories.events(self._tail.execution_arn)
            before = reconstruct(_known(self._tail, events))
            after = reconstruct(events)
        else:
            last = _last_id(before.events)
            newer = self._histories.tail(self._tail.execution_arn, after=last)
            if not newer:
                return False
            after = before.extend(newer)
        self._tell(before, after, at)
        self._timeline = after  # only once it is told: what was not is told at the next look
        return True

    def _tell(self, before: Timeline, after: Timeline, at: datetime) -> None:
        deltas = step_deltas(
            seen_in(before.steps), after.steps, workflow_id=self._workflow_id, at=at
        )
        if not deltas:
            return
        last = _last_id(after.events)
        change = Change(id=f"{self._tail.execution_arn}#{last}", deltas=deltas)
        topic = topic_of(self._workflow_id)
        along = [self._tails.moved_on(self._tail.execution_arn, last)]
        failed = self._publisher.publish({topic: [change]}, along)
        for error in failed.values():
            if not isinstance(error, Gone):  # then nobody watches any more
                raise error
        if self._bus is not None:
            for refused in self._bus.tell([Told(id=change.id, deltas=deltas)]).values():
                raise refused


def _known(tail: Tail, events: Sequence[dict[str, Any]]) -> Events:
    """What was told already, or happened before anybody listened."""
    if tail.last_event is not None:
        return [event for event in events if event["id"] <= tail.last_event]
    since = tail.watched_since - _SKEW
    return [event for event in events if event["timestamp"] < since]


def _last_id(events: Sequence[dict[str, Any]]) -> int:
    return int(events[-1]["id"]) if events else 0
