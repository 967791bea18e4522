"""Tells a batch of records of a stream: whoever listens, then other systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from breakwater.live.change_bus import ChangeBus
from breakwater.live.changes import ChangeReader, NotAChange, Told, by_topic
from breakwater.live.publisher import Publisher


@dataclass(slots=True)
class Done:
    """What became of a batch."""

    deltas: int = 0
    failed: dict[int, Exception] = field(default_factory=dict)
    """The position of a record → why it could not be told, or not to everybody."""


class ChangeDesk:
    """Takes records as they come. Safe to be given the same ones again."""

    def __init__(self, *, reader: ChangeReader, publisher: Publisher, bus: ChangeBus) -> None:
        self._reader = reader
        self._publisher = publisher
        self._bus = bus

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
        self._tell_others(told, done)
        return done

    def _tell_others(self, told: Mapping[int, Told], done: Done) -> None:
        refused = self._bus.tell(list(told.values()))
        for position, one in told.items():
            if one.id in refused:
                done.failed.setdefault(position, refused[one.id])
