"""Where people preview, start, stop and follow bulks."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from breakwater.platform import audit
from breakwater.platform.audit import AuditRecord
from breakwater.platform.http.errors import Unprocessable
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission
from breakwater.workflows.bulk.bulk import (
    MOST,
    Bulk,
    BulkStatus,
    Entry,
    check_start,
    check_stop,
    entry_of,
    is_stalled,
    reasons_of,
    require_current,
)
from breakwater.workflows.engine_port import WorkflowFilter
from breakwater.workflows.listing.workflow_list import WorkflowPage
from breakwater.workflows.workflow import Action

PAGE = 100
LOOKS_FOR = timedelta(seconds=20)
"""An HTTP API waits 29 seconds."""


class List(Protocol):
    """See listing.workflow_list."""

    def page(
        self, wanted: WorkflowFilter, by: Identity, *, limit: int, cursor: str | None = None
    ) -> WorkflowPage:
        """A page of what is wanted."""


class Store(Protocol):
    """See bulk_store."""

    def put(self, bulk: Bulk, entries: Sequence[Entry]) -> None:
        """A preview."""

    def read(self, bulk_id: str) -> Bulk:
        """As it is."""

    def page(
        self, bulk_id: str, *, limit: int, cursor: str | None
    ) -> tuple[list[Entry], str | None]:
        """Entries in their order."""

    def start(self, bulk: Bulk, reason: str, now: datetime) -> None:
        """From previewed to running."""

    def not_started(self, bulk: Bulk) -> bool:
        """It is a preview again; False if somebody works on it."""

    def stop(self, bulk: Bulk, by: str) -> None:
        """From running to stopping."""


class Waker(Protocol):
    """Has somebody work on a bulk."""

    def wake(self, bulk_id: str) -> None:
        """Soon."""


class Trail(Protocol):
    """The audit trail."""

    def write(self, record: AuditRecord) -> None:
        """One thing that somebody did."""


class BulkDesk:
    """What the routes need."""

    def __init__(
        self,
        *,
        list: List,
        store: Store,
        waker: Waker,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self._list = list
        self._store = store
        self._waker = waker
        self._trail = trail
        self._clock = clock

    def preview(
        self,
        action: Action,
        wanted: WorkflowFilter,
        by: Identity,
        options: Mapping[str, Any],
    ) -> tuple[Bulk, list[Entry]]:
        """What the filter finds now, kept for a quarter of an hour; nothing is done."""
        by.require(Permission.RUN_DRILL)
        now = self._clock()
        entries = self._found(action, wanted, by)
        eligible = sum(one.is_eligible for one in entries)
        bulk = Bulk(
            bulk_id=f"bulk-{secrets.token_hex(10)}",
            status=BulkStatus.PREVIEWED,
            action=action,
            filter=dict(wanted.said),
            options=options,
            by=by,
            created_at=now,
            eligible=eligible,
            not_eligible=len(entries) - eligible,
            reasons=reasons_of(entries),
        )
        self._store.put(bulk, entries)
        return bulk, entries

    def start(self, bulk_id: str, by: Identity, *, confirmation: str, reason: str) -> Bulk:
        """Begin; each workflow is looked at again before it is acted on."""
        by.require(Permission.RUN_DRILL)
        bulk, now = self._store.read(bulk_id), self._clock()
        check_start(bulk, by, confirmation, now)
        self._note(bulk, by, "bulkStarted", reason)
        if bulk.status is BulkStatus.PREVIEWED:
            self._store.start(bulk, reason, now)
            try:
                self._waker.wake(bulk_id)
            except Exception:
                if self._store.not_started(bulk):
                    raise
                # The answer was lost, not the message: somebody works on it.
        else:
            self._waker.wake(bulk_id)
        return self._store.read(bulk_id)

    def stop(self, bulk_id: str, by: Identity, *, reason: str) -> Bulk:
        """What was not begun stays as it is; what was is finished."""
        by.require(Permission.RUN_DRILL)
        bulk = self._store.read(bulk_id)
        stalled = is_stalled(bulk, self._clock())
        check_stop(bulk, stalled=stalled)
        self._note(bulk, by, "bulkStopped", reason)
        if bulk.status is BulkStatus.RUNNING:
            self._store.stop(bulk, by.name)
        if stalled:
            self._waker.wake(bulk_id)  # nobody works on it: somebody must, to end it
        return replace(bulk, status=BulkStatus.STOPPING, stopped_by=by.name)

    def read(
        self, bulk_id: str, *, limit: int, cursor: str | None
    ) -> tuple[Bulk, list[Entry], str | None]:
        """How far it is, and what came of each."""
        bulk = self._store.read(bulk_id)
        require_current(bulk, self._clock())
        entries, following = self._store.page(bulk_id, limit=limit, cursor=cursor)
        return bulk, entries, following

    def _note(self, bulk: Bulk, by: Identity, action: str, reason: str) -> None:
        """Before it is done: nothing is done of which nobody knows who wanted it."""
        about = {
            "action": bulk.action.value,
            "filter": dict(bulk.filter),
            "eligible": bulk.eligible,
            "counts": dict(bulk.counts),
        }
        subject = audit.bulk_subject(bulk.bulk_id)
        now = self._clock()
        self._trail.write(audit.record(by, subject, action, at=now, after=about, reason=reason))

    def _found(self, action: Action, wanted: WorkflowFilter, by: Identity) -> list[Entry]:
        entries: list[Entry] = []
        seen: set[str] = set()
        cursor: str | None = None
        until = self._clock() + LOOKS_FOR
        while True:
            page = self._list.page(wanted, by, limit=PAGE, cursor=cursor)
            # What changes while it is read may come on two pages: it is one workflow all the same.
            new = {str(one.id): one for one in page.workflows if str(one.id) not in seen}
            seen |= new.keys()
            entries += [
                entry_of(number, one, action)
                for number, one in enumerate(new.values(), start=len(entries) + 1)
            ]
            if len(entries) > MOST:
                raise _too_many(f"The filter finds more than {MOST:,} workflows")
            cursor = page.next_cursor
            if cursor is None:
                return entries
            if self._clock() >= until:
                raise _too_many("To look through all that this filter asks takes too long")


def _too_many(what: str) -> Unprocessable:
    return Unprocessable(
        f"{what}. Narrow it: by type, by status, by a time.",
        details=[{"place": "filter", "problem": what}],
    )
