"""What a client does with frames, so that it applies each delta once and in order. Pure.

The server sends every frame at least once, in any order, and numbers the frames of a topic without
gaps. The rest is here; docs/live.md says the same in words, for other clients.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Frame = Mapping[str, Any]
_MOST_KEPT = 500
"""Frames that wait for one before them; more are asked for again."""


@dataclass(slots=True)
class _Place:
    cursor: int | None = None
    early: dict[int, Frame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a frame brought."""

    deltas: tuple[Frame, ...] = ()
    """To be applied now, in this order."""

    reload: bool = False
    """Read the list or the detail anew: deltas were missed for good."""


class Inbox:
    """The places of one client, over all its connections."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    @property
    def cursors(self) -> dict[str, int]:
        """How far each topic was applied: what `ping` says."""
        return {
            topic: place.cursor for topic, place in self._places.items() if place.cursor is not None
        }

    def wanted(self, topics: Iterable[str]) -> list[dict[str, Any]]:
        """What `subscribe` says for these topics: with a cursor where there is one."""
        asked = []
        for topic in topics:
            cursor = self._places.setdefault(topic, _Place()).cursor
            asked.append({"topic": topic, **({"cursor": cursor} if cursor is not None else {})})
        return asked

    def gaps(self) -> list[str]:
        """Topics of which something has not come: `subscribed`, or a frame before one that has."""
        return [
            topic for topic, place in self._places.items() if place.cursor is None or place.early
        ]

    def forget(self, topic: str) -> None:
        """It was unsubscribed from."""
        self._places.pop(topic, None)

    def take(self, frame: Frame) -> Received:
        """A frame from the server. What is no frame of a topic brings nothing."""
        place = self._places.get(str(frame.get("topic")))
        if place is None:
            return Received()
        match frame.get("type"):
            case "subscribed":
                if place.cursor is None:
                    place.cursor = int(frame["cursor"])
                return Received(deltas=_drained(place))
            case "reload":
                # Also back: where its numbers begin anew, a higher one would hear nothing more.
                place.cursor = int(frame["cursor"])
                return Received(deltas=_drained(place), reload=True)
            case "deltas":
                if len(place.early) < _MOST_KEPT:
                    place.early[int(frame["after"])] = frame
                return Received(deltas=_drained(place) if place.cursor is not None else ())
        return Received()


def _drained(place: _Place) -> tuple[Frame, ...]:
    """Everything that follows without a gap; what was seen already goes."""
    deltas: list[Frame] = []
    cursor = place.cursor
    while cursor is not None and (frame := place.early.pop(cursor, None)) is not None:
        deltas += frame["deltas"]
        cursor = int(frame["cursor"])
    place.cursor = cursor
    place.early = {after: frame for after, frame in place.early.items() if after > (cursor or 0)}
    return tuple(deltas)
