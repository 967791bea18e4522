"""A row of the execution index as it was and as it is → what is told of it. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from breakwater import contract
from breakwater.live import words
from breakwater.live.topics import CUSTOM_PREFIX, id_of_execution, is_run

Values = Mapping[str, Any]
Delta = dict[str, Any]
_NEWS = timedelta(hours=1)
"""What began or ended before is history that somebody fills in: no news."""


def workflow_id_of(row: Values, recovery_machine_arn: str | None) -> str:
    """The workflow that a row belongs to: of a recovery run's execution, the run."""
    key = str(row[contract.EXECUTION_INDEX.partition])
    if key.startswith(CUSTOM_PREFIX):
        return key
    name = str(row.get("executionName", ""))
    return name if is_runs_row(row, recovery_machine_arn) and is_run(name) else id_of_execution(key)


def is_runs_row(row: Values, recovery_machine_arn: str | None) -> bool:
    """Is it an execution of the recovery state machine? The run itself tells how it goes."""
    return recovery_machine_arn is not None and row.get("stateMachineArn") == recovery_machine_arn


def execution_deltas(
    before: Values | None,
    after: Values,
    *,
    at: datetime,
    recovery_machine_arn: str | None = None,
) -> list[Delta]:
    """What is told.

    :param at: when the row was written.
    :param recovery_machine_arn: without version or alias.
    """
    workflow = workflow_id_of(after, recovery_machine_arn)
    head = {"workflowId": workflow, "at": words.moment(at)}
    if is_runs_row(after, recovery_machine_arn):
        return []
    warned = _target(words.SLA_WARNING, contract.SLA_WARNED, before, after, head)
    breached = _target(words.SLA_BREACHED, contract.SLA_BREACHED, before, after, head)
    return [*_lifecycle(before, after, head, at), *warned, *breached]


def _lifecycle(before: Values | None, after: Values, head: Delta, at: datetime) -> list[Delta]:
    told: list[Delta] = []
    if before is None and not _is_news(after, at):
        return told
    old = words.status_of_execution(before["status"]) if before is not None else None
    new = words.status_of_execution(str(after["status"]))
    key = str(after[contract.EXECUTION_INDEX.partition])
    if before is None:
        told.append(
            {
                "type": words.WORKFLOW_STARTED,
                **head,
                "status": new,
                "name": after.get("executionName"),
                "workflowType": after.get("agentName"),
                "engine": "custom" if key.startswith(CUSTOM_PREFIX) else "stepFunctions",
                "startedAt": after.get("startDate"),
            }
        )
    began_again = before is not None and after.get("redriveCount") != before.get("redriveCount")
    if (old != new and (before is not None or after.get("stopDate"))) or began_again:
        told.append(
            {
                "type": words.WORKFLOW_STATUS_CHANGED,
                **head,
                "oldStatus": old,
                "newStatus": new,
                "durationSeconds": after.get("durationSeconds"),
                "endedAt": after.get("stopDate"),
                "error": words.told(after.get("error")),
            }
        )
    return told


def _target(kind: str, mark: str, before: Values | None, after: Values, head: Delta) -> list[Delta]:
    noted = after.get(mark)
    if not noted or (before is not None and before.get(mark) == noted):
        return []
    return [
        {
            "type": kind,
            **head,
            "targetSeconds": after.get("slaTargetSeconds"),
            "name": after.get("executionName"),
        }
    ]


def _is_news(row: Values, at: datetime) -> bool:
    latest = row.get("stopDate") or row["startDate"]
    return datetime.fromisoformat(str(latest)) > at - _NEWS
