"""The row of a workflow that publishes its own events → a workflow. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater.timeline.redaction import Redaction
from breakwater.workflows import progress
from breakwater.workflows.engines.custom.merging import value
from breakwater.workflows.engines.step_functions.execution_workflow import elapsed_seconds
from breakwater.workflows.profiles import Profile
from breakwater.workflows.sla.standing import is_slow, standing
from breakwater.workflows.workflow import Progress, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import ENDED, of_step_functions

PREFIX = "custom."
_REDACTION = Redaction()


def is_custom(row: Mapping[str, Any]) -> bool:
    """Does this row belong to a workflow that publishes its own events?"""
    return str(row["executionArn"]).startswith(PREFIX)


def custom_workflow(row: Mapping[str, Any], *, profile: Profile | None, now: datetime) -> Workflow:
    """The workflow, as its events say it stands."""
    status = of_step_functions(row["status"])
    said = row["custom"]["said"]
    elapsed = elapsed_seconds(row, status, now)
    target = row.get("slaTargetSeconds")
    sla = standing(target, elapsed, status)
    return Workflow(
        id=WorkflowId(EngineName.CUSTOM, row["executionArn"].removeprefix(PREFIX)),
        type=row["agentName"],
        name=row["executionName"],
        status=status,
        progress=_progress(said, status, elapsed, profile),
        started_at=row["startDate"],
        updated_at=row["custom"]["latest"],
        ended_at=row.get("stopDate"),
        duration_seconds=elapsed,
        sla_target_seconds=target,
        sla_status=sla,
        is_slow=is_slow(status, sla, elapsed, profile),
        priority=row.get("priority"),
        triggered_by=row.get("triggeredBy"),
        trigger_type=value(said, "trigger_type"),
        tags=value(said, "tags", {}),
        error=_REDACTION.text(row.get("error")),
        cause=_REDACTION.text(row.get("cause")),
        search=row.get("search") or {},
    )


def _progress(
    said: Mapping[str, Any], status: str, elapsed: float | None, profile: Profile | None
) -> Progress:
    counted = value(said, "progress")
    current = None if status in ENDED else value(said, "current_step")
    if counted:
        return progress.counted(
            status,
            completed=counted["completed"],
            total=counted["total"],
            current_step=current,
        )
    estimate = progress.by_time(status, elapsed=elapsed, profile=profile)
    return Progress(
        current_step=current,
        total=estimate.total,
        percent=estimate.percent,
        estimated=estimate.estimated,
    )
