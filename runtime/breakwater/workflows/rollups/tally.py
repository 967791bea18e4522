"""Counts and sketches under names, and many of those under keys: what a rollup is made of. Pure.

Both add up in any order and can be taken out again; so a contribution that was better understood
later replaces itself.
"""

from collections.abc import Iterator
from typing import Any

from breakwater.workflows.rollups.sketch import Sketch

Key = tuple[str, ...]
"""What a tally is about: its kind first, such as `("step", "orders", "Charge")`."""

EVERYTHING_ELSE = ""
"""Stands in a key for all names that found no room in an item."""


class Tally:
    """What happened of one kind: how often, and how long it took."""

    __slots__ = ("counts", "sketches")

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.sketches: dict[str, Sketch] = {}

    def count(self, name: str, times: int = 1) -> None:
        """So many more of it."""
        if times:
            self.counts[name] = self.counts.get(name, 0) + times

    def put(self, name: str, value: int) -> None:
        """One more value of the sketch of this name."""
        self.sketch(name).put(value)

    def sketch(self, name: str) -> Sketch:
        """The sketch of this name, made when it is not there."""
        return self.sketches.setdefault(name, Sketch())

    def add(self, other: "Tally", times: int = 1) -> None:
        """All of the other too; -1 times takes it out again."""
        for name, count in other.counts.items():
            self.count(name, count * times)
        for name, sketch in other.sketches.items():
            self.sketch(name).add(sketch, times)

    def of(self, name: str) -> int:
        """How many; 0 of what was never counted."""
        return self.counts.get(name, 0)

    def to_json(self) -> dict[str, Any]:
        """Without what is nothing."""
        counts = {name: count for name, count in self.counts.items() if count}
        sketches = {name: sketch.to_numbers() for name, sketch in self.sketches.items() if sketch}
        return {**({"c": counts} if counts else {}), **({"s": sketches} if sketches else {})}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Tally":
        """What `to_json` wrote."""
        tally = cls()
        tally.counts = dict(told.get("c", {}))
        tally.sketches = {
            name: Sketch.from_numbers(numbers) for name, numbers in told.get("s", {}).items()
        }
        return tally

    def __bool__(self) -> bool:
        return any(self.counts.values()) or any(self.sketches.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]  # it changes


class Rollup:
    """Tallies under keys."""

    __slots__ = ("tallies",)

    def __init__(self) -> None:
        self.tallies: dict[Key, Tally] = {}

    def tally(self, *key: str) -> Tally:
        """The tally of this key, made when it is not there."""
        return self.tallies.setdefault(key, Tally())

    def add(self, other: "Rollup", times: int = 1) -> None:
        """All of the other too; -1 times takes it out again."""
        for key, tally in other.tallies.items():
            self.tally(*key).add(tally, times)

    def of(self, kind: str) -> Iterator[tuple[Key, Tally]]:
        """The keys of this kind, without the kind, and their tallies; nothing that is nothing."""
        for key, tally in self.tallies.items():
            if key[0] == kind and tally:
                yield key[1:], tally

    def __bool__(self) -> bool:
        return any(self.tallies.values())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rollup):
            return NotImplemented
        return {k: t for k, t in self.tallies.items() if t} == {
            k: t for k, t in other.tallies.items() if t
        }

    __hash__ = None  # type: ignore[assignment]  # it changes
