"""How often the history of a watched execution is read. Pure.

Whoever watches something that moves sees it within a second; what stands still is looked at every
fifteen. All together stay below eight calls a second, evenly: less than half of the account's
twenty, and something is left for people who open a page (docs/decisions/0032).
"""

QUICKEST, SLOWEST = 1.0, 15.0
_SLOWER = 1.6
CALLS_PER_SECOND = 8.0


def next_interval(interval: float, *, changed: bool, watched: int) -> float:
    """Seconds until the next look.

    :param interval: the last one.
    :param changed: the last look found something.
    :param watched: how many executions share the calls.
    """
    wanted = QUICKEST if changed else min(interval * _SLOWER, SLOWEST)
    return max(wanted, watched / CALLS_PER_SECOND)


class EvenCalls:
    """Calls one after the other, never two closer than this: a budget without a burst."""

    def __init__(self, per_second: float = CALLS_PER_SECOND) -> None:
        self._apart = 1.0 / per_second
        self._next = 0.0

    def take(self, now: float) -> float:
        """0.0 when a call may be made now, else the seconds to wait."""
        if now < self._next:
            return self._next - now
        self._next = now + self._apart
        return 0.0
