"""Where a topic stands, and what is to be told there. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater.live.frames import Delta

_SKEW = timedelta(seconds=5)
"""Clocks differ: what happened so shortly before somebody listened is told once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one thing that happened means to a topic."""

    id: str
    """The same whenever the same thing is told again."""

    deltas: Sequence[Delta]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the history of a topic's execution is told: the numbers of events."""

    before: int | None
    """As it stood in the head from which the deltas were made."""

    now: int


class ToldMeanwhile(Exception):
    """Somebody else has told of the same history: what is to be told must be made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a topic stands."""

    cursor: int
    watched_until: float
    began: float
    """Since when the numbers go on without a break. Who has one from before reads anew."""

    told: int | None = None
    """The last event of the execution's history of which somebody told; None before the first."""

    recent: tuple[str, ...] = field(default=())

    def knows(self, number: int, at: datetime | None) -> bool:
        """Is this event of the history told already, or older than the numbers?"""
        if self.told is not None:
            return number <= self.told
        return at is not None and at < datetime.fromtimestamp(self.began, UTC) - _SKEW

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Head":
        """As it stands in the table."""
        told = values.get("toldEvent")
        return cls(
            cursor=int(values["latest"]),
            watched_until=float(values["watchedUntil"]),
            began=float(values["began"]),
            told=int(told) if told is not None else None,
            recent=tuple(values.get("recent", ())),
        )
