"""An item of a recovery run as it was and as it is → what is told of it. Pure.

Only what is named here leaves: the item of a run also holds its task token.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from breakwater import contract
from breakwater.live import words

Values = Mapping[str, Any]
Delta = dict[str, Any]
_NOTHING: Values = {}
_SHOWN_OF_WAVE = ("status", "servers", "serversLaunched", "serversFailed", "reason")
_SHOWN_OF_SERVER = ("status", "launchStatus", "instanceState", "recoveryInstanceId", "cause")
_STEP_OF_WAVE = {
    "LAUNCHING": "running",
    "COMPLETED": "succeeded",
    "FAILED": "failed",
    "SKIPPED": "aborted",
    "CANCELLED": "aborted",
}
_STEP_OF_SERVER = {
    "LAUNCHING": "running",
    "LAUNCHED": "succeeded",
    "TERMINATED": "succeeded",
    "FAILED": "failed",
    "SKIPPED": "aborted",
}
_STEP_OF_COMPENSATION = {"RUNNING": "running", "SUCCEEDED": "succeeded", "FAILED": "failed"}


class _StepKind(NamedTuple):
    """Which step an item is, and how its statuses are called there."""

    id: str
    type: str
    statuses: Mapping[str, str]


def run_deltas(
    before: Values | None, after: Values, *, at: datetime, time_scale: float = 1.0
) -> list[Delta]:
    """What is told.

    :param at: when the item was written.
    :param time_scale: how many of the run's seconds pass in one of the wall clock.
    """
    key = str(after[str(contract.EXECUTION_HISTORY.sort)])
    old = before if before is not None else _NOTHING
    head = {
        "workflowId": after[contract.EXECUTION_HISTORY.partition],
        "at": words.moment(at),
    }
    if key == "EXECUTION":
        return _of_run(before, after, head)
    kind = key.split("#", 1)[0]
    match kind:
        case "WAVE":
            return _of_wave(old, after, head, time_scale)
        case "SERVER":
            return _of_server(old, after, head, time_scale)
        case "COMPENSATION":
            return _of_compensation(old, after, head, time_scale)
    return []


def _of_run(before: Values | None, after: Values, head: Delta) -> list[Delta]:
    new = words.status_of_run(str(after["status"]))
    told: list[Delta] = []
    if before is None:
        told.append(
            {
                "type": words.WORKFLOW_STARTED,
                **head,
                "status": new,
                "name": after.get("planName"),
                "workflowType": "recovery",
                "engine": "recovery",
                "startedAt": after.get("startedAt"),
                "planId": after.get("planId"),
                "isDrill": after.get("isDrill"),
            }
        )
        return told
    old = words.status_of_run(str(before["status"]))
    if old != new:
        scale = float(after.get("timeScale") or 1)
        told.append(
            {
                "type": words.WORKFLOW_STATUS_CHANGED,
                **head,
                "oldStatus": old,
                "newStatus": new,
                "durationSeconds": words.seconds_between(
                    after.get("startedAt"), after.get("endedAt"), scale
                ),
                "endedAt": after.get("endedAt"),
                "error": words.told(after.get("cause")),
            }
        )
    kind = _of_target(before, after)
    if kind is not None:
        minutes = after.get("rtoMinutes")
        told.append(
            {
                "type": kind,
                **head,
                "targetSeconds": minutes * 60 if minutes else None,
                "name": after.get("planName"),
            }
        )
    return told


def _of_target(before: Values, after: Values) -> str | None:
    """What is new about its RTO; a run that nobody looked at in time is told as missed only."""
    if after.get("rtoMissed") and not before.get("rtoMissed"):
        return words.SLA_BREACHED
    if after.get("rtoAtRisk") and not before.get("rtoAtRisk"):
        return words.SLA_WARNING
    return None


def _of_wave(before: Values, after: Values, head: Delta, scale: float) -> list[Delta]:
    told: list[Delta] = []
    step_id = f"wave:{after['index']}"
    if before and _differ(before, after, _SHOWN_OF_WAVE):
        told.append(
            {
                "type": words.WAVE_UPDATED,
                **head,
                "stepId": step_id,
                "index": after["index"],
                "name": after["name"],
                "oldStatus": before.get("status"),
                "newStatus": after["status"],
                **{name: after.get(name) for name in _SHOWN_OF_WAVE if name != "status"},
                "startedAt": after.get("partStartedAt"),
                "endedAt": after.get("endedAt"),
            }
        )
    return [*told, *_step(before, after, head, _StepKind(step_id, "Wave", _STEP_OF_WAVE), scale)]


def _of_server(before: Values, after: Values, head: Delta, scale: float) -> list[Delta]:
    told: list[Delta] = []
    server = f"{after['accountId']}/{after['region']}/{after['serverId']}"
    step_id = f"server:{after['waveIndex']}:{server.replace('/', '.')}"
    if before and _differ(before, after, _SHOWN_OF_SERVER):
        told.append(
            {
                "type": words.SERVER_UPDATED,
                **head,
                "stepId": step_id,
                "waveIndex": after["waveIndex"],
                "server": server,
                "name": after["name"],
                "oldStatus": before.get("status"),
                "newStatus": after["status"],
                "launchStatus": after.get("launchStatus"),
                "instanceState": after.get("instanceState"),
                "recoveryInstanceId": after.get("recoveryInstanceId"),
                "cause": words.told(after.get("cause")),
            }
        )
    return [
        *told,
        *_step(before, after, head, _StepKind(step_id, "Server", _STEP_OF_SERVER), scale),
    ]


def _of_compensation(before: Values, after: Values, head: Delta, scale: float) -> list[Delta]:
    step_id = f"compensation:{after['round']}.{after['number']}"
    return _step(
        before, after, head, _StepKind(step_id, "Compensation", _STEP_OF_COMPENSATION), scale
    )


def _step(
    before: Values,
    after: Values,
    head: Delta,
    kind_of_step: _StepKind,
    scale: float,
) -> list[Delta]:
    """The same as a step, when it began or ended."""
    statuses = kind_of_step.statuses
    status = statuses.get(str(after["status"]), "pending")
    kind = words.step_delta_type(status)
    if kind is None or statuses.get(str(before.get("status"))) == status:
        return []
    began = after.get("partStartedAt") or after.get("startedAt")
    ended = after.get("endedAt") or after.get("confirmedAt")
    return [
        {
            "type": kind,
            **head,
            "stepId": kind_of_step.id,
            "number": None,
            "name": after["name"],
            "stepType": kind_of_step.type,
            "path": after["name"],
            "status": status,
            "startedAt": began,
            "endedAt": ended if kind != words.STEP_STARTED else None,
            "durationSeconds": (
                words.seconds_between(began, ended, scale) if kind != words.STEP_STARTED else None
            ),
            "error": words.told(after.get("reason") or after.get("cause")),
        }
    ]


def _differ(before: Values, after: Values, names: tuple[str, ...]) -> bool:
    return any(before.get(name) != after.get(name) for name in names)
