"""Looks after bulks that nobody works on: their message was lost, or laid aside.

Idle it costs one Query. What is under way is read; what has stalled is woken up again, each time
until somebody has worked on it: whoever comes to a bulk that another works on leaves.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from breakwater.platform.http.errors import NotFound
from breakwater.workflows.bulk.bulk import UNDER_WAY, Bulk, BulkStatus, is_stalled


class Store(Protocol):
    """See bulk_store."""

    def under_way(self) -> list[str]:
        """Ids of what was started, and perhaps of some that are over."""

    def read(self, bulk_id: str) -> Bulk:
        """As it is."""

    def forget_mark(self, bulk_id: str) -> None:
        """Nobody needs to look after it."""


class Waker(Protocol):
    """See bulk_queue."""

    def wake(self, bulk_id: str) -> None:
        """Somebody works on it soon."""


class BulkSweep:
    """One look."""

    def __init__(self, *, store: Store, waker: Waker, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._waker = waker
        self._clock = clock

    def sweep(self) -> list[str]:
        """The ids of those that were woken up."""
        woken = []
        for bulk_id in self._store.under_way():
            bulk = self._bulk(bulk_id)
            if bulk is not None and is_stalled(bulk, self._clock()):
                self._waker.wake(bulk_id)
                woken.append(bulk_id)
            elif bulk is None or self._is_over(bulk):
                self._store.forget_mark(bulk_id)
        return woken

    def _bulk(self, bulk_id: str) -> Bulk | None:
        try:
            return self._store.read(bulk_id)
        except NotFound:
            return None

    def _is_over(self, bulk: Bulk) -> bool:
        """Or it never began: its mark is written a moment before it is started."""
        if bulk.status is BulkStatus.PREVIEWED:
            return self._clock() >= bulk.preview_until
        return bulk.status not in UNDER_WAY
