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


GAP_SECONDS = 2.0
"""So long a client waits for what is missing before it asks once more."""


@dataclass(slots=True)
class _Place:
    cursor: int | None = None
    early: dict[int, Frame] = field(default_factory=dict)
    head: int | None = None
    """Where the topic stood when the server last said `subscribed`; None while it has not."""

    stuck: tuple[int | None, float] | None = None
    """Of a gap: the cursor, and since when it has not moved."""

    @property
    def has_gap(self) -> bool:
        return (
            self.cursor is None or self.head is None or self.cursor < self.head or bool(self.early)
        )


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
        """What `subscribe` says for these topics: with a cursor where there is one.

        Until `subscribed` comes nothing is certain: it may have been lost on its way.
        """
        asked = []
        for topic in topics:
            place = self._places.setdefault(topic, _Place())
            place.head, cursor = None, place.cursor
            asked.append({"topic": topic, **({"cursor": cursor} if cursor is not None else {})})
        return asked

    def gaps(self) -> list[str]:
        """Topics of which something has not come: `subscribed`, or a frame before what is known."""
        return [topic for topic, place in self._places.items() if place.has_gap]

    def overdue(self, now: float) -> list[str]:
        """Topics whose gap has not moved for two seconds: to be subscribed to once more."""
        found = []
        for topic, place in self._places.items():
            since = place.stuck
            if not place.has_gap:
                place.stuck = None
            elif since is None or since[0] != place.cursor:
                place.stuck = (place.cursor, now)
            elif now >= since[1] + GAP_SECONDS:
                place.stuck = (place.cursor, now)
                found.append(topic)
        return found

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
                place.head = int(frame["cursor"])
                if place.cursor is None:
                    place.cursor = place.head
                return Received(deltas=_drained(place))
            case "reload":
                # Also back: where its numbers begin anew, a higher one would hear nothing more.
                place.cursor = int(frame["cursor"])
                if place.head is not None:
                    place.head = place.cursor
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
