"""Tells a batch of records of a stream: whoever listens, then other systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from breakwater.live.change_bus import ChangeBus
from breakwater.live.changes import ChangeReader, NotAChange, Told, by_topic
from breakwater.live.publisher import Publisher
from breakwater.live.topic_log import TopicLog
from breakwater.live.topics import execution_arn_of, topic_of
from breakwater.live.words import began_again


@dataclass(slots=True)
class Done:
    """What became of a batch."""

    deltas: int = 0
    failed: dict[int, Exception] = field(default_factory=dict)
    """The position of a record → why it could not be told, or not to everybody."""


class Watching(Protocol):
    """Who reads the steps of executions: see tail_start."""

    def watch(self, execution_arn: str) -> None:
        """Somebody listens to this execution."""


class ChangeDesk:
    """Takes records as they come. Safe to be given the same ones again."""

    def __init__(
        self,
        *,
        reader: ChangeReader,
        log: TopicLog,
        publisher: Publisher,
        bus: ChangeBus,
        watching: Watching,
    ) -> None:
        self._reader = reader
        self._log = log
        self._publisher = publisher
        self._bus = bus
        self._watching = watching

    def tell(self, records: Sequence[Mapping[str, Any]]) -> Done:
        """Tell them, in order; no record's trouble is another's."""
        done = Done()
        told: dict[int, Told] = {}
        for position, record in enumerate(records):
            try:
                one = self._reader.read(record)
            except NotAChange as malformed:
                done.failed[position] = malformed
                continue
            if one.deltas:
                told[position] = one
                done.deltas += len(one.deltas)
        refused = self._publisher.publish(by_topic(told.values()))
        for position, one in told.items():
            for topic in by_topic([one]):
                if topic in refused:
                    done.failed[position] = refused[topic]
        self._read_again(told, done)
        self._tell_others(told, done)
        return done

    def _read_again(self, told: Mapping[int, Told], done: Done) -> None:
        """The steps of what was redriven, where somebody listens: its tail had ended with it."""
        for position, one in told.items():
            try:
                for workflow_id in filter(None, map(began_again, one.deltas)):
                    arn = execution_arn_of(workflow_id)
                    if arn is not None and self._log.head(topic_of(workflow_id)) is not None:
                        self._watching.watch(arn)
            except Exception as error:  # noqa: BLE001 - this record's; its neighbours go on
                done.failed.setdefault(position, error)

    def _tell_others(self, told: Mapping[int, Told], done: Done) -> None:
        refused = self._bus.tell(list(told.values()))
        for position, one in told.items():
            if one.id in refused:
                done.failed.setdefault(position, refused[one.id])
