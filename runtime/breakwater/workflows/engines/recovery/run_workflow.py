"""A recovery run → a workflow. Pure. Chosen field by field: a task token is never among them.

Seconds are the run's own, as its objective is: locally they pass faster than the wall clock's.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from breakwater.platform.clock import iso
from breakwater.recovery.engine.run import Run
from breakwater.workflows import progress
from breakwater.workflows.engines.recovery.run_source import TYPE
from breakwater.workflows.sla.standing import is_slow, standing
from breakwater.workflows.workflow import Progress, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import COMPLETED, of_recovery

_EXECUTION_NAME = re.compile(r"(\d{8}-\d{6}-[0-9a-f]{8})(-cleanup-\d+)?")
_NOTHING: Mapping[str, str] = {}


def run_workflow(
    run: Run,
    now: datetime,
    tags: Mapping[str, str] = _NOTHING,
    *,
    held: Sequence[str] | None = None,
) -> Workflow:
    """The run.

    :param tags: of its state machine.
    :param held: names of the waves that wait for a person; None where nobody has looked.
    """
    status = of_recovery(run.status.value)
    elapsed = round(run.seconds_between(run.started_at, run.ended_at or now), 3)
    target = run.rto_minutes * 60.0 if run.rto_minutes else None
    sla = standing(target, elapsed, status)
    latest = max(filter(None, (run.started_at, run.begun_at, run.polled_at, run.ended_at)))
    return Workflow(
        id=WorkflowId(EngineName.RECOVERY, run.execution_id),
        type=TYPE,
        name=run.plan_name,
        status=status,
        progress=run_progress(run, status),
        started_at=iso(run.started_at),
        updated_at=iso(latest),
        ended_at=iso(run.ended_at) if run.ended_at else None,
        duration_seconds=elapsed,
        sla_target_seconds=target,
        sla_status=sla,
        is_slow=is_slow(status, sla, elapsed, None),
        triggered_by=run.requested_by,
        trigger_type="retry" if run.retry_of else "person",
        tags=tags,
        error=None if status == COMPLETED or not run.cause else run.status.value,
        cause=run.cause,
        state_machine_arn=_machine(run),
        execution_arn=run.execution_arn,
        is_drill=run.is_drill,
        facts={
            "status": run.status.value,
            "cancelledBy": run.cancel_requested.by if run.cancel_requested else None,
            "resumedBy": run.resumed.by if run.resumed else None,
            "pauseAsked": run.pause_requested is not None,
            "retriedBy": run.retried_by,
            "held": held,
        },
    )


def run_progress(run: Run, status: str) -> Progress:
    """Servers that are settled, once they are known; before, waves. Counted, never estimated."""
    if run.servers:
        done, total = run.servers_launched + run.servers_failed, run.servers
    else:
        done, total = run.waves_ended, run.waves
    return progress.counted(
        status,
        completed=done,
        total=total,
        current_step=None if run.ended else f"{run.waves_ended} of {run.waves} waves over",
    )


def run_behind(row: Mapping[str, Any], recovery_machine: str) -> tuple[str, bool] | None:
    """Whose execution this row is: the run's id, and whether it is only a cleanup; None: of none.

    :param recovery_machine: the ARN of the recovery state machine, without alias.
    """
    return run_of_name(row["executionName"]) if row["stateMachineArn"] == recovery_machine else None


def run_of_name(execution_name: str) -> tuple[str, bool] | None:
    """Which run an execution of this name may be of, and whether it only cleans up after it."""
    found = _EXECUTION_NAME.fullmatch(execution_name)
    return (found[1], found[2] is not None) if found else None


def _machine(run: Run) -> str | None:
    if run.execution_arn is None:
        return None
    start, _, rest = run.execution_arn.partition(":execution:")
    return f"{start}:stateMachine:{rest.partition(':')[0]}"
