"""Tells the steps of executions that log, as their log is pushed. No history is polled.

The first push of an execution that somebody watches costs one look at its history: what happened
before. From then on its log tells, and the loop that reads histories leaves it alone. Where pushes
stop for two minutes, that loop looks again.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from breakwater.live.change_bus import ChangeBus
from breakwater.live.changes import Told
from breakwater.live.log_records import Event, merged, number_of, plain
from breakwater.live.logged_events import Logged, LoggedEvents, TooManyEvents
from breakwater.live.publisher import Publisher
from breakwater.live.step_deltas import seen_in, step_deltas
from breakwater.live.tailer import Histories
from breakwater.live.tails import Tails
from breakwater.live.topic_log import Change, Overtaken, TooBusy, TopicLog
from breakwater.live.topics import id_of_execution, topic_of
from breakwater.timeline.timeline import reconstruct

_TRIES = 8
_PUSHED_SECONDS = 120.0


class LoggedSteps:
    """What takes events from logs."""

    def __init__(
        self,
        *,
        log: TopicLog,
        events: LoggedEvents,
        histories: Histories,
        tails: Tails,
        publisher: Publisher,
        bus: ChangeBus,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._log = log
        self._events = events
        self._histories = histories
        self._tails = tails
        self._publisher = publisher
        self._bus = bus
        self._clock = clock

    def take(self, execution_arn: str, events: Sequence[Event]) -> int:
        """Events of one execution; how many deltas they meant to those who watch it."""
        topic = topic_of(id_of_execution(execution_arn))
        if self._log.head(topic) is None:
            return 0
        for _ in range(_TRIES):
            known = self._events.read(topic)
            try:
                return self._told(execution_arn, topic, known, events)
            except Overtaken:
                continue
            except TooManyEvents:
                return 0  # nobody says `pushed`, so the history is read
        raise TooBusy(f"The log of {execution_arn} is pushed by too many at the same time.")

    def _told(self, arn: str, topic: str, known: Logged | None, new: Sequence[Event]) -> int:
        now = self._clock()
        at = datetime.fromtimestamp(now, UTC)
        before = known.events if known is not None else self._begun(arn, new)
        after = merged(before, new)
        steps = reconstruct(after).steps
        deltas = step_deltas(
            seen_in(reconstruct(before).steps), steps, workflow_id=id_of_execution(arn), at=at
        )
        last = number_of(after[-1])
        keep = self._events.kept(topic, after, known, now)
        self._tails.pushed(arn, now + _PUSHED_SECONDS)
        if not deltas:
            self._events.write(keep)
            return 0
        change = Change(id=f"{arn}#{last}", deltas=deltas)
        for error in self._publisher.publish({topic: [change]}, [keep]).values():
            raise error
        for error in self._bus.tell([Told(id=change.id, deltas=deltas)]).values():
            raise error
        return len(deltas)

    def _begun(self, arn: str, new: Sequence[Event]) -> list[Event]:
        """What its history says of the time before this push."""
        first = min(map(number_of, new))
        return [plain(one) for one in self._histories.events(arn) if int(one["id"]) < first]
