"""/bulk: cancel or retry what a filter finds: preview, confirm, follow, stop."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query

from breakwater.platform.clock import iso
from breakwater.platform.http.caller import caller
from breakwater.platform.http.errors import (
    BadRequest,
    Conflict,
    Gone,
    NotFound,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.routes.audit import Cursor
from breakwater.routes.bulk_models import (
    BulkDraft,
    BulkPreview,
    BulkProgress,
    BulkStartDraft,
    BulkStopDraft,
    BulkSummary,
    said,
)
from breakwater.workflows.bulk.bulk import PER_SECOND, SAMPLES, Bulk, Entry, Result, is_stalled
from breakwater.workflows.engine_port import WorkflowFilter
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.workflow import Action

Id = Annotated[str, Path(min_length=6, max_length=64, pattern=r"^bulk-[0-9a-f]+$")]
Limit = Annotated[int, Query(ge=1, le=200)]


class Desk(Protocol):
    """See workflows.bulk.bulk_desk."""

    def preview(
        self,
        action: Action,
        wanted: WorkflowFilter,
        by: Identity,
        options: Mapping[str, Any],
    ) -> tuple[Bulk, list[Entry]]:
        """What the filter finds now."""

    def start(self, bulk_id: str, by: Identity, *, confirmation: str, reason: str) -> Bulk:
        """Begin."""

    def stop(self, bulk_id: str, by: Identity, *, reason: str) -> Bulk:
        """No further one is begun."""

    def read(
        self, bulk_id: str, *, limit: int, cursor: str | None
    ) -> tuple[Bulk, list[Entry], str | None]:
        """How far it is."""


def routes(desk: Desk, clock: Callable[[], datetime]) -> list[Route]:
    """The routes, over this desk."""
    return [*_before(desk, clock), *_under_way(desk, clock)]


def _before(desk: Desk, clock: Callable[[], datetime]) -> list[Route]:
    def preview_bulk(draft: Annotated[BulkDraft, Body()]) -> BulkPreview:
        asked = said(draft.filter)
        if not asked:
            raise BadRequest(
                "filter is empty: that would be every workflow there is. Say which.",
                details=[{"place": "filter", "problem": "is empty"}],
            )
        options = {
            name: value
            for name, value in (("cleanup", draft.cleanup), ("compensate", draft.compensate))
            if value is not None
        }
        if options and draft.action != "cancel":
            raise Unprocessable(
                f"{', '.join(sorted(options))} belongs to cancel, not to {draft.action}.",
                details=[{"place": name, "problem": "is for cancel"} for name in sorted(options)],
            )
        now = clock()
        wanted = wanted_of(asked, now)
        bulk, entries = desk.preview(Action(draft.action), wanted, caller(), options)
        samples = {
            "eligible": [one for one in entries if one.is_eligible][:SAMPLES],
            "notEligible": [one for one in entries if not one.is_eligible][:SAMPLES],
        }
        return BulkPreview.model_validate(
            {
                **_summary(bulk, now),
                "samples": {name: _told(found) for name, found in samples.items()},
            }
        )

    def start_bulk(bulk_id: Id, draft: Annotated[BulkStartDraft, Body()]) -> BulkSummary:
        bulk = desk.start(bulk_id, caller(), confirmation=draft.confirmation, reason=draft.reason)
        return BulkSummary.model_validate(_summary(bulk, clock()))

    return [
        Route(
            method="POST",
            path="/bulk",
            permission=Permission.RUN_DRILL,
            summary="What a filter finds, and what could be done with it as the list knows it now; "
            "does nothing. Each is looked at again before it is acted on",
            call=preview_bulk,
            success=201,
            errors=[Unprocessable, Unavailable],
        ),
        Route(
            method="POST",
            path="/bulk/<bulk_id>/start",
            permission=Permission.RUN_DRILL,
            summary="Begin, with the confirmation typed",
            call=start_bulk,
            success=202,
            idempotent=True,
            errors=[NotFound, Conflict, Gone, Unprocessable, Unavailable],
        ),
    ]


def _under_way(desk: Desk, clock: Callable[[], datetime]) -> list[Route]:
    def get_bulk(bulk_id: Id, limit: Limit = 100, cursor: Cursor = None) -> BulkProgress:
        bulk, entries, following = desk.read(bulk_id, limit=limit, cursor=cursor)
        return BulkProgress.model_validate(
            {**_summary(bulk, clock()), "items": _told(entries), "nextCursor": following}
        )

    def stop_bulk(bulk_id: Id, draft: Annotated[BulkStopDraft, Body()]) -> BulkSummary:
        bulk = desk.stop(bulk_id, caller(), reason=draft.reason)
        return BulkSummary.model_validate(_summary(bulk, clock()))

    return [
        Route(
            method="GET",
            path="/bulk/<bulk_id>",
            permission=Permission.READ,
            summary="How far a bulk is, and what came of each workflow",
            call=get_bulk,
            errors=[NotFound, Gone],
        ),
        Route(
            method="POST",
            path="/bulk/<bulk_id>/stop",
            permission=Permission.RUN_DRILL,
            summary="Begin no further one; what was begun is finished",
            call=stop_bulk,
            success=202,
            errors=[NotFound, Conflict, Unprocessable],
        ),
    ]


def _summary(bulk: Bulk, now: datetime) -> dict[str, Any]:
    left = bulk.not_started
    counts = {
        word: count for word, count in bulk.counts.items() if word != Result.NOT_STARTED.value
    }
    return {
        "bulkId": bulk.bulk_id,
        "status": bulk.status.value,
        "action": bulk.action.value,
        "filter": dict(bulk.filter),
        "by": bulk.by.name,
        "createdAt": iso(bulk.created_at),
        "previewUntil": iso(bulk.preview_until),
        "confirmation": bulk.confirmation,
        "eligible": bulk.eligible,
        "notEligible": bulk.not_eligible,
        "reasons": dict(bulk.reasons),
        "counts": {**counts, Result.NOT_STARTED.value: left},
        "percent": bulk.percent,
        "perSecond": PER_SECOND,
        "isStalled": is_stalled(bulk, now),
        "reason": bulk.reason,
        "startedAt": iso(bulk.started_at) if bulk.started_at else None,
        "endedAt": iso(bulk.ended_at) if bulk.ended_at else None,
        "stoppedBy": bulk.stopped_by,
    }


def _told(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "workflowId": one.workflow_id,
            "name": one.name,
            "type": one.type,
            "statusBefore": one.status_before,
            "result": one.result.value,
            "message": one.message,
            "newStatus": one.new_status,
            "newWorkflowId": one.new_workflow_id,
            "at": one.at,
        }
        for one in entries
    ]
