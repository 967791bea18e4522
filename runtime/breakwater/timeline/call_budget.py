"""How often Step Functions may be asked: half of what the account may, the rest is its owner's.

The quotas are token buckets per account and Region, shared with the customer's own workloads
(docs/decisions/0032). Those of the smallest Regions count, so that it is half everywhere.
"""

import threading
from typing import NamedTuple, Protocol

GET_HISTORY = "GetExecutionHistory"
DESCRIBE = "DescribeExecution"
DESCRIBE_MACHINE = "DescribeStateMachineForExecution"


class Bucket(NamedTuple):
    """A token bucket: how many calls at one moment, how many more each second."""

    size: int
    per_second: float


QUOTAS = {
    GET_HISTORY: Bucket(400, 20.0),
    DESCRIBE: Bucket(250, 10.0),
    DESCRIBE_MACHINE: Bucket(200, 1.0),
}
SHARE = 0.5


def share_of(operation: str) -> Bucket:
    """Our half of an operation's quota."""
    quota = QUOTAS[operation]
    return Bucket(int(quota.size * SHARE), quota.per_second * SHARE)


class Budget(Protocol):
    """What is asked before each call."""

    def take(self, operation: str, now: float) -> float:
        """Take one call: 0.0 when it may be made now, else the seconds to wait; then nothing was
        taken.
        """

    def throttled(self, operation: str, now: float) -> None:
        """AWS refused a call: others spend more than their half, so ours is spent too."""


class CallBudget:
    """The budget of one process, for the command line. Safe to use from several threads."""

    def __init__(self) -> None:
        self._left: dict[str, float] = {}
        self._at: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, operation: str, now: float) -> float:
        """One call of this operation, at this moment (monotonic seconds)."""
        bucket = share_of(operation)
        with self._lock:
            left = self._refilled(operation, bucket, now)
            if left >= 1.0:
                self._left[operation] = left - 1.0
                return 0.0
            return (1.0 - left) / bucket.per_second

    def throttled(self, operation: str, now: float) -> None:
        """Begin again with nothing."""
        with self._lock:
            self._left[operation] = 0.0
            self._at[operation] = now

    def _refilled(self, operation: str, bucket: Bucket, now: float) -> float:
        passed = max(now - self._at.get(operation, now), 0.0)
        left = min(
            self._left.get(operation, float(bucket.size)) + passed * bucket.per_second,
            float(bucket.size),
        )
        self._left[operation] = left
        self._at[operation] = max(now, self._at.get(operation, now))
        return left
