"""The words of deltas: statuses as operators know them, and texts that may be told. Pure.

The tables of statuses stand in `workflows` too, which `live` never imports; a test holds the two
against each other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater.platform.clock import iso
from breakwater.timeline.redaction import Redaction

WORKFLOW_STARTED = "workflowStarted"
WORKFLOW_STATUS_CHANGED = "workflowStatusChanged"
STEP_STARTED = "stepStarted"
STEP_COMPLETED = "stepCompleted"
STEP_FAILED = "stepFailed"
WAVE_UPDATED = "waveUpdated"
SERVER_UPDATED = "serverUpdated"
SLA_WARNING = "slaWarning"
SLA_BREACHED = "slaBreached"
INDEX_HEALTH = "indexHealth"

_LONGEST_TEXT = 300
_REDACTION = Redaction()
_OF_EXECUTION: Mapping[str, str] = {"SUCCEEDED": "COMPLETED", "ABORTED": "CANCELLED"}
_OF_RUN: Mapping[str, str] = {"PAUSING": "RUNNING"}
_ENDED = frozenset({"COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"})
_STEP_ENDS: Mapping[str, str] = {
    "succeeded": STEP_COMPLETED,
    "caught": STEP_COMPLETED,
    "failed": STEP_FAILED,
    "timedOut": STEP_FAILED,
    "aborted": STEP_FAILED,
}


def status_of_execution(word: str | None) -> str | None:
    """What Step Functions calls a status, in the operators' words; others as they are."""
    return _OF_EXECUTION.get(word, word) if word is not None else None


def status_of_run(word: str | None) -> str | None:
    """What a run calls it: PAUSING still runs."""
    return _OF_RUN.get(word, word) if word is not None else None


def step_delta_type(status: str) -> str | None:
    """How a step is told that stands so; None for one that has not begun, or that nobody knows."""
    return STEP_STARTED if status == "running" else _STEP_ENDS.get(status)


def began_again(delta: Mapping[str, Any]) -> str | None:
    """The id of a workflow that goes on though it had ended, if that is what a delta tells."""
    if delta["type"] != WORKFLOW_STATUS_CHANGED or delta.get("endedAt") is not None:
        return None
    return str(delta["workflowId"]) if delta.get("oldStatus") in _ENDED else None


def told(text: str | None) -> str | None:
    """A cause or a message: redacted, and no longer than a line or two."""
    clean = _REDACTION.text(text)
    if clean is None or len(clean) <= _LONGEST_TEXT:
        return clean
    return f"{clean[: _LONGEST_TEXT - 1]}…"


def seconds_between(began: Any, ended: Any, scale: float = 1.0) -> float | None:
    """Between two ISO times; None while one of them is missing."""
    if not began or not ended:
        return None
    passed = datetime.fromisoformat(str(ended)) - datetime.fromisoformat(str(began))
    return round(max(0.0, passed.total_seconds()) * scale, 3)


def moment(at: datetime) -> str:
    """A time as all of the product writes it."""
    return iso(at)
