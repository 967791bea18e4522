"""Tells the steps of executions that log, as their log is pushed. No history is polled.

The first push of an execution that somebody watches costs one look at its history: what happened
before. So does one that comes before its predecessors. From then on its log tells, and the loop
that reads histories leaves it alone. Where pushes stop for two minutes, or one is lost for good,
that loop looks again. Both tell from where the head of the topic says, so neither repeats the
other.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from breakwater.live.change_bus import ChangeBus
from breakwater.live.changes import Told
from breakwater.live.log_records import Event, merged, number_of, plain, unbroken
from breakwater.live.logged_events import KeptMeanwhile, Logged, LoggedEvents, TooManyEvents
from breakwater.live.publisher import Publisher
from breakwater.live.step_deltas import seen_in, step_deltas
from breakwater.live.tailer import Histories
from breakwater.live.tails import Tails
from breakwater.live.topic_head import Change, Head, Progress, ToldMeanwhile
from breakwater.live.topic_log import TooBusy, TopicLog
from breakwater.live.topics import id_of_execution, topic_of
from breakwater.timeline.moments import moment
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

    def take_all(self, pushed: Mapping[str, Sequence[Event]]) -> int:
        """A push; how many deltas it meant. One execution's trouble is not another's: it is raised
        when all are told, to be pushed once more.
        """
        deltas = 0
        failed: list[Exception] = []
        for arn, events in pushed.items():
            try:
                deltas += self.take(arn, events)
            except Exception as error:  # noqa: BLE001 - raised below
                error.add_note(arn)
                failed.append(error)
        if failed:
            raise ExceptionGroup("Executions of which a push could not be told", failed)
        return deltas

    def take(self, execution_arn: str, events: Sequence[Event]) -> int:
        """Events of one execution; how many deltas they meant to those who watch it."""
        topic = topic_of(id_of_execution(execution_arn))
        for _ in range(_TRIES):
            head = self._log.head(topic)
            if head is None:
                return 0
            known = self._events.read(topic)
            try:
                return self._told(execution_arn, head, known, events)
            except (KeptMeanwhile, ToldMeanwhile):
                continue
            except TooManyEvents:
                return 0  # nobody says `pushed`, so the history is read
        raise TooBusy(f"The log of {execution_arn} is pushed by too many at the same time.")

    def _told(self, arn: str, head: Head, known: Logged | None, new: Sequence[Event]) -> int:
        now = self._clock()
        workflow_id = id_of_execution(arn)
        topic = topic_of(workflow_id)
        found = self._without_holes(arn, merged(known.events if known is not None else [], new))
        whole = unbroken(found)
        keep = self._events.kept(topic, found, known, now)
        if len(whole) == len(found):
            self._tails.pushed(arn, now + _PUSHED_SECONDS)
        before = [one for one in whole if head.knows(number_of(one), moment(one["timestamp"]))]
        deltas = step_deltas(
            seen_in(reconstruct(before).steps),
            reconstruct(whole).steps,
            workflow_id=workflow_id,
            at=datetime.fromtimestamp(now, UTC),
        )
        if not deltas:
            self._events.write(keep)
            return 0
        last = number_of(whole[-1])
        change = Change(id=f"{arn}#{last}", deltas=deltas)
        progress = Progress(before=head.told, now=last)
        for error in self._publisher.publish({topic: [change]}, [keep], progress).values():
            raise error
        for error in self._bus.tell([Told(id=change.id, deltas=deltas)]).values():
            raise error
        return len(deltas)

    def _without_holes(self, arn: str, events: list[Event]) -> list[Event]:
        """With what its history says of what no push has brought."""
        if len(unbroken(events)) == len(events):
            return events
        return merged(map(plain, self._histories.events(arn)), events)
