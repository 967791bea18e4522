"""A delta as one line for people. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from breakwater.live import words
from breakwater.platform.plain_text import printable

Delta = Mapping[str, Any]
_LONGEST_ID = 32


def line(delta: Delta) -> str:
    """`21:03:07  run 20261120-…  wave database  LAUNCHING → COMPLETED  2 of 2 servers  15:20`"""
    at = datetime.fromisoformat(str(delta["at"])).astimezone(UTC)
    who = _short(str(delta.get("workflowId", "index")))
    said = "  ".join(part for part in _parts(delta) if part)
    return printable(f"{at:%H:%M:%S}  {who:<{_LONGEST_ID}}  {said}").replace("\n", " ")


def _parts(delta: Delta) -> list[str]:
    kind = str(delta["type"])
    tell = _TOLD.get(kind)
    return tell(delta) if tell is not None else [kind]  # of a newer release


def _started(delta: Delta) -> list[str]:
    drill = "drill of " if delta.get("isDrill") else ""
    return [f"started: {drill}{delta.get('name')}", str(delta.get("status"))]


def _changed(delta: Delta) -> list[str]:
    return [_became(delta), _lasted(delta), str(delta.get("error") or "")]


def _wave(delta: Delta) -> list[str]:
    servers = f"{delta['serversLaunched']} of {delta['servers']} servers"
    return [f"wave {delta['name']}", _became(delta), servers, str(delta["reason"] or "")]


def _server(delta: Delta) -> list[str]:
    states = (delta.get("launchStatus"), delta.get("instanceState"), delta.get("cause"))
    return [f"server {delta['name']}", _became(delta), *(str(one or "") for one in states)]


def _step(delta: Delta) -> list[str]:
    error = str(delta.get("error") or "")
    return [f"step {delta['path']}", str(delta["status"]), _lasted(delta), error]


def _target(delta: Delta) -> list[str]:
    what = "at risk" if delta["type"] == words.SLA_WARNING else "missed"
    return [f"target {what}: {delta.get('name')}", f"{delta.get('targetSeconds')} s"]


def _health(delta: Delta) -> list[str]:
    return [f"index {delta['status']}", "; ".join(delta["reasons"])]


_TOLD: dict[str, Callable[[Delta], list[str]]] = {
    words.WORKFLOW_STARTED: _started,
    words.WORKFLOW_STATUS_CHANGED: _changed,
    words.WAVE_UPDATED: _wave,
    words.SERVER_UPDATED: _server,
    words.STEP_STARTED: _step,
    words.STEP_COMPLETED: _step,
    words.STEP_FAILED: _step,
    words.SLA_WARNING: _target,
    words.SLA_BREACHED: _target,
    words.INDEX_HEALTH: _health,
}


def _became(delta: Delta) -> str:
    old, new = delta.get("oldStatus"), delta.get("newStatus")
    return str(new) if old == new or old is None else f"{old} → {new}"


def _lasted(delta: Delta) -> str:
    seconds = delta.get("durationSeconds")
    return f"{seconds:.1f} s" if seconds is not None else ""


def _short(workflow_id: str) -> str:
    """Ids of executions are long, and differ at their end."""
    if len(workflow_id) <= _LONGEST_ID:
        return workflow_id
    return f"…{workflow_id[1 - _LONGEST_ID :]}"
