"""A row of the index → a workflow. Pure.

Errors and causes are redacted here as well: a cause may quote what its state was given.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from breakwater import contract
from breakwater.index.machine_facts import seconds_of
from breakwater.platform.clock import iso
from breakwater.timeline.redaction import Redaction
from breakwater.workflows import progress
from breakwater.workflows.profiles import Profile
from breakwater.workflows.sla.alert import AGAIN
from breakwater.workflows.sla.standing import is_slow, standing
from breakwater.workflows.workflow import Progress, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import ENDED, PAUSED, RUNNING, of_step_functions

_REDACTION = Redaction()
LOOK_HOLDS = AGAIN + timedelta(minutes=2)
"""By then a sweep has looked at it again, or it is not slow any more."""


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
        progress=_progress(row, status, attempt, profile, now),
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
    row: Mapping[str, Any],
    status: str,
    elapsed: float | None,
    profile: Profile | None,
    now: datetime,
) -> Progress:
    """A list reads no histories: where it is, it knows where somebody else has looked."""
    return progress.by_time(
        status, elapsed=elapsed, profile=profile, current_step=_current_step(row, status, now)
    )


def _current_step(row: Mapping[str, Any], status: str, now: datetime) -> str | None:
    """Of what is held, the gate said it. Of what is slow, whoever watches found it not long ago."""
    if status == PAUSED:
        gate: str | None = (row.get("gate") or {}).get("name")
        return gate
    seen = row.get("currentStepAt")
    if status != RUNNING or seen is None or now - datetime.fromisoformat(seen) > LOOK_HOLDS:
        return None
    return _REDACTION.text(row.get("currentStep"))


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
