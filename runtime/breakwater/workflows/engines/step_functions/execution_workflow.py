"""A row of the index → a workflow. Pure.

Errors and causes are redacted here as well: a cause may quote what its state was given.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater import contract
from breakwater.index.machine_facts import seconds_of
from breakwater.platform.clock import iso
from breakwater.timeline.redaction import Redaction
from breakwater.workflows import progress
from breakwater.workflows.profiles import Profile
from breakwater.workflows.sla.standing import is_slow, standing
from breakwater.workflows.workflow import Progress, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import ENDED, PAUSED, of_step_functions

_REDACTION = Redaction()


def execution_workflow(
    row: Mapping[str, Any],
    *,
    tags: Mapping[str, str],
    profile: Profile | None,
    now: datetime,
) -> Workflow:
    """The execution, as far as its row, its machine's tags and earlier executions tell.

    :param tags: of its state machine.
    """
    status = of_step_functions(row["status"])
    elapsed = elapsed_seconds(row, status, now)
    attempt = attempt_seconds(row, status, now)
    target = target_of(row, tags)
    sla = standing(target, elapsed, status)
    return Workflow(
        id=WorkflowId(EngineName.STEP_FUNCTIONS, row["executionArn"]),
        type=row["agentName"],
        name=row["executionName"],
        status=status,
        progress=_progress(row, status, attempt, profile),
        started_at=row["startDate"],
        updated_at=row.get("indexedAt") or row["startDate"],
        ended_at=row.get("stopDate"),
        duration_seconds=elapsed,
        sla_target_seconds=target,
        sla_status=sla,
        is_slow=is_slow(status, sla, attempt, profile),
        priority=row.get("priority"),
        triggered_by=row.get("triggeredBy"),
        tags=shown_tags(tags),
        error=_REDACTION.text(row.get("error")),
        cause=_REDACTION.text(row.get("cause")),
        search=row.get("search") or {},
        state_machine_arn=row["stateMachineArn"],
        execution_arn=row["executionArn"],
    )


def elapsed_seconds(row: Mapping[str, Any], status: str, now: datetime) -> float | None:
    """Until its end, or until now; None of one whose end nobody saw."""
    if row.get("durationSeconds") is not None:
        return float(row["durationSeconds"])
    if status in ENDED or status == "GONE":
        return None
    started = datetime.fromisoformat(row["startDate"])
    return max(0.0, round((now - started).total_seconds(), 3))


def attempt_seconds(row: Mapping[str, Any], status: str, now: datetime) -> float | None:
    """Of what runs, since it was last redriven: what is usual is drawn from single attempts, and
    between two of them it did not run.
    """
    redriven = row.get("redriveDate")
    if redriven is None or row.get("durationSeconds") is not None:
        return elapsed_seconds(row, status, now)
    return elapsed_seconds({**row, "startDate": redriven}, status, now)


def target_of(row: Mapping[str, Any], tags: Mapping[str, str]) -> float | None:
    """What its input says, or its machine's tag; seconds."""
    return row.get("slaTargetSeconds") or seconds_of(tags.get(contract.SLA_TAG))


def shown_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Those of people: what AWS and CloudFormation add is no news."""
    return {key: value for key, value in sorted(tags.items()) if not key.startswith("aws:")}


def _progress(
    row: Mapping[str, Any], status: str, elapsed: float | None, profile: Profile | None
) -> Progress:
    """Steps only where somebody wrote them into the row: a list reads no histories."""
    entered = row.get("stepsEntered")
    if isinstance(entered, int):
        expected = profile.median_steps if profile and profile.samples else None
        current = None if status in ENDED else row.get("currentStep")
        return progress.by_steps(status, entered=entered, expected=expected, current_step=current)
    # Where it is, the list knows of what is held alone: the gate said in which state.
    gate = (row.get("gate") or {}).get("name") if status == PAUSED else None
    return progress.by_time(status, elapsed=elapsed, profile=profile, current_step=gate)


def row_of_description(described: Mapping[str, Any]) -> dict[str, Any]:
    """The row that DescribeExecution would make, where the index has none yet."""
    started, stopped = described["startDate"], described.get("stopDate")
    row = {
        "executionArn": described["executionArn"],
        "executionName": described.get("name") or described["executionArn"].rpartition(":")[2],
        "stateMachineArn": described["stateMachineArn"],
        "agentName": described["stateMachineArn"].split(":")[6],
        "status": described["status"],
        "startDate": iso(started),
        "stopDate": iso(stopped) if stopped else None,
        "durationSeconds": round((stopped - started).total_seconds(), 3) if stopped else None,
        "redriveCount": described.get("redriveCount") or 0,
        "error": described.get("error"),
        "cause": described.get("cause"),
    }
    return {name: value for name, value in row.items() if value is not None}
