"""Notes in the index's table → what is told: of steps of custom workflows, and of the index's
health. Pure.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater import contract
from breakwater.index.health import health
from breakwater.index.health_record import HEALTH_KEY
from breakwater.live import words

Values = Mapping[str, Any]
Delta = dict[str, Any]
STEP_PREFIX = "#STEP#"
"""Of the item of a custom workflow's step: `#STEP#custom.<source>.<id>#<step>`."""

_SWEEP_MINUTES = contract.IndexSettings().sweepMinutes
_KEY = contract.EXECUTION_INDEX.partition


def note_deltas(before: Values | None, after: Values, *, at: datetime) -> list[Delta]:
    """What is told of a note; nothing of most."""
    key = str(after[_KEY])
    if key == HEALTH_KEY:
        return _of_health(before, after, at)
    if key.startswith(STEP_PREFIX):
        return _of_step(before, after, at)
    return []


def _of_health(before: Values | None, after: Values, at: datetime) -> list[Delta]:
    was = health(before or {}, sweep_minutes=_SWEEP_MINUTES, now=at)
    now = health(after, sweep_minutes=_SWEEP_MINUTES, now=at)
    if was.problems == now.problems:
        return []
    return [
        {
            "type": words.INDEX_HEALTH,
            "at": words.moment(at),
            "status": "well" if now.well else "unwell",
            "reasons": [words.told(one) for one in now.problems],
        }
    ]


def _of_step(before: Values | None, after: Values, at: datetime) -> list[Delta]:
    workflow, step_id = str(after[_KEY]).removeprefix(STEP_PREFIX).rsplit("#", 1)
    said = _latest(after)
    status = str(said.get("status"))
    kind = words.step_delta_type(status)
    if kind is None or (before is not None and _latest(before).get("status") == status):
        return []
    ended = said.get("ended_at") if kind != words.STEP_STARTED else None
    return [
        {
            "type": kind,
            "workflowId": workflow,
            "at": words.moment(at),
            "stepId": step_id,
            "number": None,
            "name": said.get("name"),
            "stepType": said.get("type"),
            "path": said.get("name"),
            "status": status,
            "startedAt": after.get("startDate"),
            "endedAt": ended,
            "durationSeconds": words.seconds_between(after.get("startDate"), ended),
            "error": words.told(said.get("error")),
        }
    ]


def _latest(item: Values) -> dict[str, Any]:
    """What the newest attempt of a step said: of each field, what is right."""
    attempts: Mapping[str, Any] = item["attempts"]
    newest = attempts[max(attempts, key=int)]
    return {field: known["value"] for field, known in newest.items()}
