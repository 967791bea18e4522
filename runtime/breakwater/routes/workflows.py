"""/workflows: every workflow, whatever runs it; and whether the index that finds them is well."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Protocol

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from breakwater.index.health import health
from breakwater.platform.http.caller import caller
from breakwater.platform.http.errors import (
    Conflict,
    Forbidden,
    Gone,
    NotFound,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.route import Route, look
from breakwater.routes.audit import Cursor
from breakwater.routes.workflow_models import (
    IndexHealth,
    WorkflowCounts,
    WorkflowDetail,
    WorkflowItem,
    WorkflowPageModel,
    WorkflowStepDetails,
    WorkflowStepLogs,
    WorkflowSteps,
)
from breakwater.workflows.acting import wanted_workflow
from breakwater.workflows.engine_port import (
    StepPage,
    StepsAsked,
    WorkflowEngine,
    WorkflowFilter,
)
from breakwater.workflows.exporting import ExportFormat
from breakwater.workflows.listing.asked import wanted_of
from breakwater.workflows.listing.workflow_list import WorkflowPage
from breakwater.workflows.workflow_id import LONGEST, EngineName, WorkflowId

Id = Annotated[str, Path(min_length=1, max_length=LONGEST, pattern=r"^[0-9A-Za-z_.:-]+$")]
StepId = Annotated[str, Path(min_length=1, max_length=256, pattern=r"^[0-9A-Za-z_.:-]+$")]
Limit = Annotated[int, Query(ge=1, le=100)]
Text = Annotated[str | None, Query(min_length=1, max_length=256)]
SWEEP_MINUTES = 5
"""Where no sweep has noted its own interval yet."""


class List(Protocol):
    """See workflows.listing.workflow_list."""

    def page(
        self, wanted: WorkflowFilter, by: Identity, *, limit: int, cursor: str | None = None
    ) -> WorkflowPage:
        """A page of what is wanted."""


class Counting(Protocol):
    """See workflows.listing.counts."""

    def now(self) -> Mapping[str, Any]:
        """The figures above the list."""


class Health(Protocol):
    """See index.health_record."""

    def read(self) -> Mapping[str, Any]:
        """What the index's functions noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflows:
    """What the routes need."""

    list: List
    counts: Counting
    engines: Mapping[EngineName, WorkflowEngine]
    health: Health
    clock: Callable[[], datetime]


def routes(workflows: Workflows) -> list[Route]:
    """The routes, over these."""
    return [*_listing(workflows), *_looking(workflows)]


def _listing(workflows: Workflows) -> list[Route]:
    def list_workflows(  # noqa: PLR0917 - Powertools passes them by name
        status: Annotated[
            str | None,
            Query(
                min_length=1,
                max_length=256,
                description="statuses with commas between, or `active`, `failed`, `slow`",
            ),
        ] = None,
        type: Text = None,
        started_from: Annotated[
            str | None, Query(alias="startedFrom", min_length=1, max_length=256)
        ] = None,
        started_until: Annotated[
            str | None, Query(alias="startedUntil", min_length=1, max_length=256)
        ] = None,
        ended_from: Annotated[
            str | None, Query(alias="endedFrom", min_length=1, max_length=256)
        ] = None,
        ended_until: Annotated[
            str | None, Query(alias="endedUntil", min_length=1, max_length=256)
        ] = None,
        name_prefix: Annotated[
            str | None, Query(alias="namePrefix", min_length=1, max_length=256)
        ] = None,
        search: Annotated[
            str | None, Query(min_length=1, max_length=256, description="path=value")
        ] = None,
        triggered_by: Annotated[
            str | None, Query(alias="triggeredBy", min_length=1, max_length=256)
        ] = None,
        counts: Annotated[bool, Query(description="with the figures above the list")] = True,  # noqa: FBT002
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> WorkflowPageModel:
        asked = {
            "status": status,
            "type": type,
            "startedFrom": started_from,
            "startedUntil": started_until,
            "endedFrom": ended_from,
            "endedUntil": ended_until,
            "namePrefix": name_prefix,
            "search": search,
            "triggeredBy": triggered_by,
        }
        said = {name: text for name, text in asked.items() if text is not None}
        wanted = wanted_of(said, workflows.clock())
        page = workflows.list.page(wanted, caller(), limit=limit, cursor=cursor)
        figures = workflows.counts.now() if counts and cursor is None else None
        return WorkflowPageModel(
            items=[WorkflowItem.model_validate(one.to_json()) for one in page.workflows],
            next_cursor=page.next_cursor,
            partial=page.partial,
            counts=WorkflowCounts.model_validate(figures) if figures else None,
        )

    def get_index_health() -> IndexHealth:
        record = workflows.health.read()
        minutes = int(record.get("sweepMinutes", SWEEP_MINUTES))
        found = health(record, sweep_minutes=minutes, now=workflows.clock())
        return IndexHealth(well=found.well, problems=found.problems, record=dict(found.record))

    return [
        look("/workflows", "Every workflow, newest first", list_workflows, Unavailable),
        look("/index/health", "Is the execution index well?", get_index_health),
    ]


def _looking(workflows: Workflows) -> list[Route]:
    def get_workflow(workflow_id: Id) -> WorkflowDetail:
        wanted, engine = _engine(workflows, workflow_id)
        told = engine.describe(wanted)
        able = engine.capabilities(told.workflow, caller())
        return WorkflowDetail.model_validate(
            {
                "workflow": replace(told.workflow, capabilities=able).to_json(),
                "definition": told.definition,
                "segments": told.segments,
                "steps": _steps(told.steps),
                "failure": told.failure,
                "metadata": told.metadata,
                "stale": {
                    "reason": told.stale.reason,
                    "asOf": told.stale.as_of,
                    "retryAfterSeconds": told.stale.retry_after_seconds,
                }
                if told.stale
                else None,
            }
        )

    def list_workflow_steps(
        workflow_id: Id,
        within: Annotated[
            str | None, Query(max_length=256, description="a step: its branches or iterations")
        ] = None,
        lane: Annotated[
            str | None, Query(max_length=64, description="of `within`: the steps of this one")
        ] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> WorkflowSteps:
        wanted, engine = _engine(workflows, workflow_id)
        asked = StepsAsked(within=within or None, lane=lane or None, cursor=cursor, limit=limit)
        return WorkflowSteps.model_validate(_steps(engine.steps(wanted, asked)))

    def get_workflow_step(workflow_id: Id, step_id: StepId) -> WorkflowStepDetails:
        wanted, engine = _engine(workflows, workflow_id)
        return WorkflowStepDetails.model_validate(engine.step(wanted, step_id))

    def get_workflow_step_logs(workflow_id: Id, step_id: StepId) -> WorkflowStepLogs:
        wanted, engine = _engine(workflows, workflow_id)
        return WorkflowStepLogs.model_validate(engine.logs(wanted, step_id))

    def export_workflow(
        workflow_id: Id,
        form: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.JSON,
        payloads: Annotated[bool, Query(description="json: with input and output")] = True,  # noqa: FBT002
    ) -> Response[str]:
        wanted, engine = _engine(workflows, workflow_id)
        told = engine.export(wanted, form, payloads=payloads)
        headers = {
            "content-disposition": f'attachment; filename="{told.file_name}"',
            "x-content-type-options": "nosniff",
        }
        return Response(200, content_type=told.content_type, headers=headers, body=told.text)

    one, errors = "/workflows/<workflow_id>", (Forbidden, NotFound, Gone, Unavailable)
    step = f"{one}/steps/<step_id>"
    return [
        look(one, "A workflow, with the first of its steps", get_workflow, *errors),
        look(f"{one}/steps", "Steps of a workflow, in parts", list_workflow_steps, *errors),
        look(step, "One step with its payloads, redacted", get_workflow_step, *errors),
        look(
            *(f"{one}/export", "The whole of it as a file, redacted", export_workflow),
            *(Conflict, Unprocessable, *errors),
        ),
        look(f"{step}/logs", "What a step's function logged", get_workflow_step_logs, *errors),
    ]


def _engine(workflows: Workflows, text: str) -> tuple[WorkflowId, WorkflowEngine]:
    wanted = wanted_workflow(text)
    return wanted, workflows.engines[wanted.engine]


def _steps(page: StepPage) -> dict[str, Any]:
    return {
        "steps": page.steps,
        "lanes": page.lanes,
        "nextCursor": page.next_cursor,
        "total": page.total,
    }
