"""Keeps calls within their budget: waits before a call, slows down when throttled, ends in time."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from breakwater.index.quota import Rate
from breakwater.index.step_functions import TooFast


class OutOfTime(Exception):
    """The time is up; what is left is for the next run, which goes on from here."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    per_second: float
    capacity: float
    filled: float


class Pace:
    """One token bucket per operation, and one end for all."""

    def __init__(
        self,
        rates: Mapping[str, Rate],
        *,
        idle_seconds: float,
        until: float,
        seconds: Callable[[], float],
        sleep: Callable[[float], None],
        impatient: Collection[str] = (),
    ) -> None:
        """
        :param impatient: operations that are left out, as TooFast, rather than waited for.
        :param idle_seconds: how long the budget has not been used: so far the buckets are full.
        :param until: by the clock `seconds`, when it is time to stop.
        """
        now = seconds()
        self._buckets = {
            operation: _Bucket(
                tokens=min(rate.bucket, max(1.0, rate.per_second * idle_seconds)),
                per_second=rate.per_second,
                capacity=max(1.0, rate.bucket),
                filled=now,
            )
            for operation, rate in rates.items()
        }
        self._began = now
        self._end = self._until = until
        self._seconds = seconds
        self._sleep = sleep
        self._impatient = impatient
        self.calls = 0

    def before_call(self, operation: str) -> None:
        """Wait for this call's turn; OutOfTime if it comes too late."""
        bucket = self._buckets[operation]
        self._fill(bucket)
        wait = max(0.0, (1 - bucket.tokens) / bucket.per_second)
        if wait and operation in self._impatient:
            raise TooFast(f"{operation} is beyond its budget")
        if self._seconds() + wait >= self._until:
            raise OutOfTime(operation)
        if wait:
            self._sleep(wait)
            self._fill(bucket)
        bucket.tokens -= 1
        self.calls += 1

    def throttled(self, operation: str) -> None:
        """Somebody else needs the quota: from here on at half the rate, starting from nothing."""
        bucket = self._buckets[operation]
        bucket.tokens = 0.0
        bucket.per_second /= 2

    def allow(self, share: float) -> None:
        """What comes now may go on until this share of the time is over."""
        self._until = self._began + share * (self._end - self._began)

    def check(self) -> None:
        """OutOfTime if the time is up: for work that makes no such call."""
        if self._seconds() >= self._until:
            raise OutOfTime("the time is up")

    def _fill(self, bucket: _Bucket) -> None:
        now = self._seconds()
        bucket.tokens = min(
            bucket.capacity, bucket.tokens + (now - bucket.filled) * bucket.per_second
        )
        bucket.filled = now
