"""The form of every delta, as other systems get it: docs/schemas/workflow-change.schema.json is
made from this (`python -m breakwater.live.delta_schema`). Pure.
"""

import json
from collections.abc import Mapping
from typing import Any

from breakwater.live import words

_TEXT, _NUMBER, _WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
_TIME = {"type": "string", "format": "date-time"}
_STEP: Mapping[str, Any] = {
    "stepId": _TEXT,
    "number": _WHOLE,
    "name": _TEXT,
    "stepType": _TEXT,
    "path": _TEXT,
    "status": _TEXT,
    "startedAt": _TIME,
    "endedAt": _TIME,
    "durationSeconds": _NUMBER,
    "error": _TEXT,
}
_TARGET: Mapping[str, Any] = {"targetSeconds": _NUMBER, "name": _TEXT}
_RUN_ONLY = frozenset({"planId", "isDrill"})
FIELDS: Mapping[str, Mapping[str, Any]] = {
    words.WORKFLOW_STARTED: {
        "status": _TEXT,
        "name": _TEXT,
        "workflowType": _TEXT,
        "engine": {"enum": ["recovery", "stepFunctions", "custom"]},
        "startedAt": _TIME,
        "planId": _TEXT,
        "isDrill": {"type": "boolean"},
    },
    words.WORKFLOW_STATUS_CHANGED: {
        "oldStatus": _TEXT,
        "newStatus": _TEXT,
        "durationSeconds": _NUMBER,
        "endedAt": _TIME,
        "error": _TEXT,
    },
    words.STEP_STARTED: _STEP,
    words.STEP_COMPLETED: _STEP,
    words.STEP_FAILED: _STEP,
    words.WAVE_UPDATED: {
        "stepId": _TEXT,
        "index": _WHOLE,
        "name": _TEXT,
        "oldStatus": _TEXT,
        "newStatus": _TEXT,
        "servers": _WHOLE,
        "serversLaunched": _WHOLE,
        "serversFailed": _WHOLE,
        "reason": _TEXT,
        "startedAt": _TIME,
        "endedAt": _TIME,
    },
    words.SERVER_UPDATED: {
        "stepId": _TEXT,
        "waveIndex": _WHOLE,
        "server": _TEXT,
        "name": _TEXT,
        "oldStatus": _TEXT,
        "newStatus": _TEXT,
        "launchStatus": _TEXT,
        "instanceState": _TEXT,
        "recoveryInstanceId": _TEXT,
        "cause": _TEXT,
    },
    words.SLA_WARNING: _TARGET,
    words.SLA_BREACHED: _TARGET,
    words.INDEX_HEALTH: {
        "status": {"enum": ["well", "unwell"]},
        "reasons": {"type": "array", "items": _TEXT},
    },
}


def schema() -> dict[str, Any]:
    """The detail of an event on the bus of changes, as JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Breakwater Workflow Change",
        "description": "The detail of an event of detail type `Breakwater Workflow Change`, source "
        "`breakwater.live`. Events may come more than once, with the same id, and in any order. "
        "Types and fields may be added.",
        "oneOf": [_of(kind, fields) for kind, fields in FIELDS.items()],
    }


def _of(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    head: dict[str, Any] = {"id": _TEXT, "type": {"const": kind}, "at": _TIME}
    if kind != words.INDEX_HEALTH:
        head["workflowId"] = _TEXT
    return {
        "title": kind,
        "type": "object",
        "properties": {
            **head,
            **{name: {"anyOf": [form, {"type": "null"}]} for name, form in fields.items()},
        },
        "required": sorted({*head, *fields} - _RUN_ONLY),
    }


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
