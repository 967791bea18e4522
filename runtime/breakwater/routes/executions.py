"""/executions: recovery runs: start, look, pause, resume, cancel, retry, clean up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from pydantic import Field

from breakwater.platform import audit
from breakwater.platform.http.caller import caller
from breakwater.platform.http.errors import (
    BadRequest,
    Conflict,
    NotFound,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.models import Model, Page
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route, look
from breakwater.recovery.drafts import GroupId
from breakwater.recovery.engine.compensator import Compensator
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_decisions import Done
from breakwater.recovery.engine.run_desk import RunDesk
from breakwater.recovery.engine.run_list import RunList
from breakwater.recovery.engine.run_store import RunStore
from breakwater.recovery.engine.run_view import as_shown, details_json, listed_json, run_json
from breakwater.recovery.engine.status import ENDED, RunStatus
from breakwater.recovery.unreachable import Unreachable
from breakwater.routes.audit import AuditEntry, AuditReader
from breakwater.routes.run_models import ActionDone, CleanupPreview, RunDetails, RunSummary
from breakwater.routes.servers import Cursor

if TYPE_CHECKING:
    from breakwater.recovery.report.run_report import RunReport

Id = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[0-9A-Za-z-]+$")]
Limit = Annotated[int, Query(ge=1, le=100)]
Why = Annotated[str, Field(min_length=3, max_length=500, description="why, for the audit trail")]
OptionalWhy = Annotated[str | None, Field(max_length=500, description="why, for the audit trail")]
TypedName = Annotated[
    str | None, Field(max_length=80, description="a real recovery: the plan's name, typed")
]


class StartDraft(Model):
    """A run to be started."""

    plan_id: GroupId
    is_drill: bool = Field(strict=True, description="always said; false is a real recovery")
    plan_name: TypedName = None
    reason: OptionalWhy = None


class ReasonDraft(Model):
    """Why."""

    reason: Why


class ResumeDraft(ReasonDraft):
    """Which of the waves that are held are let go."""

    waves: list[Annotated[str, Field(max_length=80)]] | None = Field(
        default=None, max_length=50, description="names; all that are held if left out"
    )


class CancelDraft(ReasonDraft):
    """How to cancel."""

    cleanup: bool = Field(default=False, description="a drill: terminate what it launched")


class RetryDraft(ReasonDraft):
    """A retry."""

    plan_name: TypedName = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What the routes need."""

    desk: RunDesk
    store: RunStore
    list: RunList
    compensator: Compensator
    trail: AuditReader
    clock: Callable[[], datetime]


def routes(runs: Runs) -> list[Route]:
    """The routes, over these."""
    return [*_looking(runs), *_acting(runs)]


def _looking(runs: Runs) -> list[Route]:
    def list_executions(
        plan_id: Annotated[GroupId | None, Query(alias="planId")] = None,
        status: Annotated[RunStatus | None, Query()] = None,
        open: Annotated[bool | None, Query(description="only those that are not over")] = None,
        limit: Limit = 25,
        cursor: Cursor = None,
    ) -> Page[RunSummary]:
        found, following = _page(runs.list, (plan_id, status, open), limit, cursor)
        now = runs.clock()
        return Page[RunSummary](
            items=[RunSummary.model_validate(run_json(run, now)) for run in found],
            next_cursor=following,
            partial=False,
        )

    def get_execution(execution_id: Id) -> RunDetails:
        state = runs.store.everything(execution_id)
        return RunDetails.model_validate(details_json(state, runs.clock()))

    def preview_cleanup(execution_id: Id) -> CleanupPreview:
        state = runs.store.load(execution_id)
        try:
            found = runs.compensator.listed(state)
        except Unreachable as silent:
            raise Unavailable(f"What there is to clean up is unknown: {silent.reason}") from silent
        return CleanupPreview.model_validate(listed_json(found, state))

    def list_execution_audit(
        execution_id: Id, limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: Cursor = None
    ) -> Page[AuditEntry]:
        runs.store.run(execution_id)
        subject = audit.execution_subject(execution_id)
        page = runs.trail.of_subject(subject, limit=limit, cursor=cursor)
        return Page[AuditEntry](
            items=[AuditEntry.model_validate(entry) for entry in page.entries],
            next_cursor=page.next_cursor,
            partial=page.partial,
        )

    def report_execution(execution_id: Id) -> dict[str, Any]:
        return _report(runs, execution_id).to_json()

    def report_execution_page(execution_id: Id) -> Response[str]:
        # Only who asks for the page pays for what makes it.
        from breakwater.recovery.report.page.page_of import POLICY, page_of  # noqa: PLC0415

        page = page_of(_report(runs, execution_id))
        headers = {"content-security-policy": POLICY, "x-content-type-options": "nosniff"}
        return Response(200, content_type="text/html; charset=utf-8", headers=headers, body=page)

    one = "/executions/<execution_id>"
    return [
        look("/executions", "Recovery runs, newest first", list_executions),
        look(one, "One recovery run, with its waves and servers", get_execution, NotFound),
        look(
            f"{one}/cleanup",
            "What a cleanup would terminate; changes nothing",
            preview_cleanup,
            *(NotFound, Unavailable),
        ),
        look(
            f"{one}/audit",
            "What people did to the run, newest first",
            list_execution_audit,
            NotFound,
        ),
        look(f"{one}/report", "The report of a run", report_execution, NotFound),
        look(
            f"{one}/report.html",
            "The report of a run as one page, to be kept or printed",
            report_execution_page,
            NotFound,
        ),
    ]


def _report(runs: Runs, execution_id: str) -> "RunReport":
    from breakwater.recovery.report.report_of import report_of  # noqa: PLC0415 - see above

    state = runs.store.everything(execution_id)
    subject = audit.execution_subject(execution_id)
    return report_of(
        plan=runs.store.plan(execution_id),
        run=state.run,
        waves=list(state.waves.values()),
        servers=[as_shown(one, state.waves[one.wave_index]) for one in state.servers.values()],
        jobs=list(state.jobs.values()),
        compensation=list(state.steps.values()),
        audit=runs.trail.of_subject(subject, limit=200, cursor=None).entries,
        now=runs.clock(),
    )


def _page(
    runs: RunList,
    asked: tuple[str | None, RunStatus | None, bool | None],
    limit: int,
    cursor: str | None,
) -> tuple[list[Run], str | None]:
    plan_id, status, is_open = asked
    if sum(one is not None for one in asked) > 1:
        raise BadRequest(
            "Ask by one of planId, status and open.",
            details=[{"place": "planId", "problem": "at most one of planId, status, open"}],
        )
    if plan_id is not None:
        return runs.of_plan(plan_id, limit=limit, cursor=cursor)
    if status is not None:
        return runs.with_status(status, limit=limit, cursor=cursor)
    wanted = [one for one in RunStatus if is_open is None or (one not in ENDED) == is_open]
    return runs.recent(wanted, limit=limit, cursor=cursor)


def _acting(runs: Runs) -> list[Route]:
    def start_execution(draft: Annotated[StartDraft, Body()]) -> RunSummary:
        run = runs.desk.start(
            draft.plan_id,
            caller(),
            is_drill=draft.is_drill,
            typed=draft.plan_name,
            reason=draft.reason,
        )
        return _told(run)

    def pause_execution(execution_id: Id, draft: Annotated[ReasonDraft, Body()]) -> ActionDone:
        return _done(runs.desk.pause(execution_id, caller(), draft.reason))

    def resume_execution(execution_id: Id, draft: Annotated[ResumeDraft, Body()]) -> ActionDone:
        return _done(runs.desk.resume(execution_id, caller(), draft.reason, draft.waves))

    def cancel_execution(execution_id: Id, draft: Annotated[CancelDraft, Body()]) -> ActionDone:
        done = runs.desk.cancel(execution_id, caller(), draft.reason, cleanup=draft.cleanup)
        return _done(done)

    def retry_execution(execution_id: Id, draft: Annotated[RetryDraft, Body()]) -> RunSummary:
        return _told(runs.desk.retry(execution_id, caller(), draft.reason, draft.plan_name))

    def clean_up_execution(execution_id: Id, draft: Annotated[ReasonDraft, Body()]) -> ActionDone:
        return _done(runs.desk.clean_up(execution_id, caller(), draft.reason))

    def _told(run: Run) -> RunSummary:
        return RunSummary.model_validate(run_json(run, runs.clock()))

    def act(path: str, summary: str, call: Callable[..., Any], *errors: Any) -> Route:
        return Route(
            method="POST",
            path=path,
            permission=Permission.RUN_DRILL,
            summary=f"{summary}. On a real recovery: commanders only",
            call=call,
            errors=[NotFound, Conflict, Unprocessable, Unavailable, *errors],
            success=202,
            idempotent=True,
        )

    one = "/executions/<execution_id>"
    return [
        act("/executions", "Start a drill or a real recovery of a plan", start_execution),
        act(f"{one}/pause", "Start nothing new, then wait for a person", pause_execution),
        act(f"{one}/resume", "Go on, or release waves that are held", resume_execution),
        act(f"{one}/cancel", "Start nothing new, watch what runs, then end", cancel_execution),
        act(f"{one}/retry", "A new run that takes over what completed", retry_execution),
        act(f"{one}/cleanup", "Terminate what a drill has launched", clean_up_execution),
    ]


def _done(done: Done) -> ActionDone:
    return ActionDone(
        execution_id=done.run.execution_id,
        status=done.run.status,
        message=done.message,
        takes_effect_within_seconds=done.within_seconds,
    )
