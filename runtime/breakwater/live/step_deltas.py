"""What a timeline tells now and did not tell before → what is told of its steps. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from breakwater.live import words
from breakwater.timeline.step import Step

Delta = dict[str, Any]
Seen = Mapping[int, str]
"""The event by which a step was entered → how it stood."""


def seen_in(steps: Iterable[Step]) -> dict[int, str]:
    """How steps stand, to be held against later."""
    return {step.entered_event: step.status for step in steps}


def step_deltas(
    before: Seen, steps: Iterable[Step], *, workflow_id: str, at: datetime
) -> list[Delta]:
    """What began and what ended since, in the order of steps."""
    told = []
    for step in steps:
        known = before.get(step.entered_event)
        if known == step.status:
            continue
        kind = words.step_delta_type(step.status)
        if kind is not None:
            told.append(_delta(kind, step, workflow_id, at))
    return told


def _delta(kind: str, step: Step, workflow_id: str, at: datetime) -> Delta:
    ended = kind != words.STEP_STARTED
    return {
        "type": kind,
        "workflowId": workflow_id,
        "at": words.moment(at),
        "stepId": str(step.entered_event),
        "number": step.number,
        "name": step.name,
        "stepType": step.type,
        "path": step.path,
        "status": step.status,
        "startedAt": words.moment(step.entered),
        "endedAt": words.moment(step.exited) if step.exited is not None else None,
        "durationSeconds": step.duration if ended else None,
        "error": words.told(step.error) if ended else None,
    }
