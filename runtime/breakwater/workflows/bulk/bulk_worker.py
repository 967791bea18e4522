"""Acts on the workflows of a bulk, one after the other, a slice at a time.

Who holds the lease works; whoever comes meanwhile leaves. Each entry is begun by a conditional
write, and acted on only by who wrote it: so at most once, whatever is killed or doubled. What was
begun by a worker that died is `unknown`. All bulks together take their turns from one bucket.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from breakwater.platform.clock import iso
from breakwater.platform.http.errors import ApiError, TooManyRequests, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.workflows.bulk.bulk import PER_SECOND, Bulk, BulkStatus, Entry, Result
from breakwater.workflows.engine_port import Acted
from breakwater.workflows.workflow import Action

logger = Logger(child=True)
_BATCH = 25
_TRIES = 4
"""Of one workflow, while AWS is busy."""

_LONGEST_PAUSE = 10.0  # seconds: the worker must live to settle it
_TO_DO = frozenset({Result.NOT_STARTED, Result.ACTING})
_UNKNOWN = (
    "Whoever acted on it stopped in the middle: whether it was done only a look at the workflow "
    "tells. It is not acted on again."
)


class Desk(Protocol):
    """See workflows.acting."""

    def act(
        self,
        workflow_id: str,
        action: Action,
        *,
        by: Identity,
        reason: str,
        options: Mapping[str, Any] | None = None,
    ) -> Acted:
        """Do it."""


class Store(Protocol):
    """See bulk_store."""

    def read(self, bulk_id: str) -> Bulk:
        """As it is."""

    def following(self, bulk_id: str, position: int, size: int) -> list[Entry]:
        """Entries from this number on."""

    def take(self, bulk_id: str, now: datetime) -> bool:
        """Take the lease."""

    def hand_over(self, bulk_id: str, now: datetime) -> None:
        """The lease is free."""

    def end(self, bulk_id: str, status: BulkStatus, now: datetime) -> None:
        """It is over."""

    def begin(self, bulk_id: str, entry: Entry, now: datetime) -> bool:
        """It is acted on from here on."""

    def give_back(self, bulk_id: str, entry: Entry) -> None:
        """Nothing was done."""

    def settle(self, bulk_id: str, entry: Entry) -> None:
        """What came of it."""


class Turns(Protocol):
    """See platform.http.rate_limit."""

    def take(self, caller: str, now: float) -> None:
        """One turn; TooManyRequests with the seconds to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What came of one."""

    acted: int
    more: bool
    """Somebody must go on."""


class _NoTime(Exception):
    """The next worker tries it again."""


class BulkWorker:
    """Works."""

    def __init__(
        self,
        *,
        store: Store,
        desk: Desk,
        turns: Turns,
        clock: Callable[[], datetime],
        pause: Callable[[float], None],
    ) -> None:
        self._store = store
        self._desk = desk
        self._turns = turns
        self._clock = clock
        self._pause = pause

    def work(self, bulk_id: str, may_go_on: Callable[[], bool]) -> Slice:
        """One slice.

        :param may_go_on: is there time for one more workflow?
        """
        if not self._store.take(bulk_id, self._clock()):
            return Slice(acted=0, more=False)  # another works, or it is over
        acted = 0
        position = self._store.read(bulk_id).position
        while entries := self._store.following(bulk_id, position, _BATCH):
            for entry in entries:
                position = entry.number + 1
                if entry.result not in _TO_DO:
                    continue
                bulk = self._store.read(bulk_id)
                if bulk.status is BulkStatus.STOPPING:
                    self._left_behind(bulk_id, entry)
                    self._store.end(bulk_id, BulkStatus.STOPPED, self._clock())
                    return Slice(acted=acted, more=False)
                if not may_go_on():
                    self._store.hand_over(bulk_id, self._clock())
                    return Slice(acted=acted, more=True)
                try:
                    acted += self._one(bulk, entry, may_go_on)
                except _NoTime:
                    self._store.hand_over(bulk_id, self._clock())
                    return Slice(acted=acted, more=True)
        self._store.end(bulk_id, BulkStatus.COMPLETED, self._clock())
        return Slice(acted=acted, more=False)

    def _one(self, bulk: Bulk, entry: Entry, may_go_on: Callable[[], bool]) -> bool:
        if self._left_behind(bulk.bulk_id, entry):
            return False
        for last in (False,) * (_TRIES - 1) + (True,):
            self._wait_for_turn()
            if not self._store.begin(bulk.bulk_id, entry, self._clock()):
                return False
            try:
                settled = self._acted(bulk, entry)
            except Unavailable as busy:
                if last:
                    settled = replace(entry, result=Result.FAILED, message=busy.message)
                else:
                    self._store.give_back(bulk.bulk_id, entry)
                    if not may_go_on():  # killed in the middle of a try, it would be unknown
                        raise _NoTime from busy
                    self._pause(min(float(busy.headers.get("Retry-After", "5")), _LONGEST_PAUSE))
                    continue
            self._store.settle(bulk.bulk_id, replace(settled, at=iso(self._clock())))
            return True
        raise AssertionError("the last try settles")

    def _acted(self, bulk: Bulk, entry: Entry) -> Entry:
        try:
            done = self._desk.act(
                entry.workflow_id,
                bulk.action,
                by=bulk.by,
                reason=f"{bulk.reason} ({bulk.bulk_id})",
                options={**bulk.options, "bulk": bulk.bulk_id},
            )
        except Unavailable:
            raise
        except ApiError as refused:
            return replace(entry, result=Result.REFUSED, message=refused.message)
        except Exception as error:  # of one workflow; the others are not to wait for it
            logger.exception("A workflow of a bulk", extra={"workflow": entry.workflow_id})
            return replace(entry, result=Result.FAILED, message=f"{type(error).__name__}: {error}")
        new = str(done.workflow_id)
        return replace(
            entry,
            result=Result.ACCEPTED if done.status == "accepted" else Result.DONE,
            message=done.message,
            new_status=done.new_status,
            new_workflow_id=new if new != entry.workflow_id else None,
        )

    def _left_behind(self, bulk_id: str, entry: Entry) -> bool:
        """Begun, and not settled, while the lease is ours: whoever began it is dead."""
        if entry.result is not Result.ACTING:
            return False
        self._store.settle(bulk_id, replace(entry, result=Result.UNKNOWN, message=_UNKNOWN))
        return True

    def _wait_for_turn(self) -> None:
        while True:
            try:
                self._turns.take("bulk", self._clock().timestamp())
            except TooManyRequests as refused:
                details: Any = refused.details
                self._pause(min(float(details["retryAfterSeconds"]), 1.0 / PER_SECOND))
            else:
                return
