"""What the tailers may ask of Step Functions: their even part of the budget that all share."""

import threading

from breakwater.live.tail_pace import EvenCalls
from breakwater.timeline.call_budget import Budget


class TailBudget:
    """A budget for `timeline.reader`. Safe to use from several threads."""

    def __init__(self, shared: Budget) -> None:
        """
        :param shared: what all functions take their calls out of.
        """
        self._shared = shared
        self._even = EvenCalls()
        self._lock = threading.Lock()

    def take(self, operation: str, now: float) -> float:
        """One call of this operation, at this moment (epoch seconds)."""
        with self._lock:
            wait = self._even.take(now)
        return wait or self._shared.take(operation, now)

    def throttled(self, operation: str, now: float) -> None:
        """AWS refused a call."""
        self._shared.throttled(operation, now)
