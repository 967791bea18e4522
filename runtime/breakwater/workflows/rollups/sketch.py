"""A histogram of durations or counts that merges: any percentile is right within 1 %. Pure.

Buckets grow by 2 % each, so the middle of a bucket is less than 1 % from everything in it, whatever
was put in, in whatever order, and however it was merged. All numbers are whole: adding what was
subtracted gives back exactly what was there.
"""

import math
from collections.abc import Iterable

GROWTH = 1.02
_LOG_GROWTH = math.log(GROWTH)
_ZERO = -1  # the bucket of 0; that of 1 is 0


class Sketch:
    """How often each magnitude occurred. Whole numbers from 0: milliseconds, or counts."""

    __slots__ = ("buckets", "total")

    def __init__(self, values: Iterable[int] = ()) -> None:
        self.buckets: dict[int, int] = {}
        self.total = 0
        for value in values:
            self.put(value)

    def put(self, value: int) -> None:
        """One more value; below 0 counts as 0, as clocks that disagree make it."""
        value = max(value, 0)
        bucket = bucket_of(value)
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.total += value

    def add(self, other: "Sketch", times: int = 1) -> None:
        """All that is in the other too; -1 times takes it out again."""
        for bucket, count in other.buckets.items():
            left = self.buckets.get(bucket, 0) + count * times
            if left:
                self.buckets[bucket] = left
            else:
                self.buckets.pop(bucket, None)
        self.total += other.total * times

    @property
    def count(self) -> int:
        """How many values."""
        return sum(self.buckets.values())

    @property
    def mean(self) -> float | None:
        """Exact; None of nothing."""
        count = self.count
        return self.total / count if count > 0 else None

    def percentile(self, part: float) -> float | None:
        """The smallest value that at least this part (0 to 1) is not above; None of nothing."""
        count = self.count
        if count <= 0:
            return None
        left = max(math.ceil(part * count), 1)
        for bucket in sorted(self.buckets):
            left -= self.buckets[bucket]
            if left <= 0:
                return _middle(bucket)
        raise AssertionError("fewer values than were counted")

    def to_numbers(self) -> list[int]:
        """The total, then bucket and count by turns; buckets as distances, which are short."""
        numbers, before = [self.total], 0
        for bucket in sorted(self.buckets):
            numbers += [bucket - before, self.buckets[bucket]]
            before = bucket
        return numbers

    @classmethod
    def from_numbers(cls, numbers: Iterable[int]) -> "Sketch":
        """What `to_numbers` wrote."""
        sketch, rest = cls(), iter(numbers)
        sketch.total = next(rest)
        bucket = 0
        for distance in rest:
            bucket += distance
            sketch.buckets[bucket] = next(rest)
        return sketch

    def __bool__(self) -> bool:
        return bool(self.buckets) or self.total != 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sketch):
            return NotImplemented
        return self.total == other.total and self.buckets == other.buckets

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"<Sketch of {self.count}, {self.total} in all>"


def bucket_of(value: int) -> int:
    """The bucket of a whole number from 0."""
    return math.ceil(math.log(value) / _LOG_GROWTH) if value > 0 else _ZERO


def _middle(bucket: int) -> float:
    """Equally far, by ratio, from both ends of the bucket."""
    if bucket == _ZERO:
        return 0.0
    upper: float = GROWTH**bucket
    return 2 * upper / (GROWTH + 1)


def merged(sketches: Iterable[Sketch]) -> Sketch:
    """All of them together."""
    whole = Sketch()
    for sketch in sketches:
        whole.add(sketch)
    return whole
