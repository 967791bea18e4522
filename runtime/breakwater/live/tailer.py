"""Follows one watched execution: what is new in its history becomes deltas of its steps."""

from datetime import datetime
from typing import Any, Protocol

from breakwater.live.change_bus import ChangeBus
from breakwater.live.changes import Told
from breakwater.live.publisher import Publisher
from breakwater.live.step_deltas import seen_in, step_deltas
from breakwater.live.topic_head import Change, Progress, ToldMeanwhile
from breakwater.live.topic_log import TopicLog
from breakwater.live.topics import id_of_execution, topic_of
from breakwater.timeline.timeline import Timeline, reconstruct

Events = list[dict[str, Any]]
_TERMINAL = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"})


class Histories(Protocol):
    """Where events come from; see timeline.reader."""

    def events(self, execution_arn: str, *, payloads: bool = False) -> Events:
        """The whole history."""

    def tail(self, execution_arn: str, *, after: int, payloads: bool = False) -> Events:
        """The events after this one."""


class Tailer:
    """One execution, for as long as somebody watches it.

    How far it is told stands in the head of its topic: whoever comes next, or tells the same from a
    log, goes on exactly there.
    """

    def __init__(
        self,
        execution_arn: str,
        *,
        histories: Histories,
        log: TopicLog,
        publisher: Publisher,
        bus: ChangeBus | None,
    ) -> None:
        self._arn = execution_arn
        self._histories = histories
        self._log = log
        self._publisher = publisher
        self._bus = bus
        self._workflow_id = id_of_execution(execution_arn)
        self._topic = topic_of(self._workflow_id)
        self._timeline: Timeline | None = None
        self._told: int | None = None
        self._untold: list[Told] = []
        """What other systems were not told yet."""

    @property
    def ended(self) -> bool:
        """Nothing will come any more."""
        timeline = self._timeline
        return timeline is not None and timeline.execution.status in _TERMINAL and not self._untold

    def look(self, at: datetime) -> bool:
        """Read what is new and tell it; True if there was anything."""
        self._tell_others()
        before = self._timeline
        if before is None:
            head = self._log.head(self._topic)
            if head is None:
                return False
            events = self._histories.events(self._arn)
            self._told = head.told
            before = reconstruct(
                [one for one in events if head.knows(int(one["id"]), one["timestamp"])]
            )
            after = reconstruct(events)
        else:
            newer = self._histories.tail(self._arn, after=_last_id(before))
            if not newer:
                return False
            after = before.extend(newer)
        self._tell(before, after, at)
        return True

    def _tell(self, before: Timeline, after: Timeline, at: datetime) -> None:
        deltas = step_deltas(
            seen_in(before.steps), after.steps, workflow_id=self._workflow_id, at=at
        )
        if deltas:
            last = _last_id(after)
            change = Change(id=f"{self._arn}#{last}", deltas=deltas)
            failed = self._publisher.publish(
                {self._topic: [change]}, progress=Progress(before=self._told, now=last)
            )
            for error in failed.values():
                if isinstance(error, ToldMeanwhile):
                    self._timeline = None  # the next look goes on where the other one stopped
                    return
                raise error
            self._told = last
            self._untold.append(Told(id=change.id, deltas=deltas))
        self._timeline = after  # only once it is told: what was not is told at the next look
        self._tell_others()

    def _tell_others(self) -> None:
        """Other systems; those that cannot be told now, at the next look."""
        if self._bus is None or not self._untold:
            return
        refused = self._bus.tell(self._untold)
        self._untold = [one for one in self._untold if one.id in refused]
        for error in refused.values():
            raise error


def _last_id(timeline: Timeline) -> int:
    events = timeline.events
    return int(events[-1]["id"]) if events else 0
