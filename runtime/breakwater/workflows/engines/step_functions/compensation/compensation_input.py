"""What a compensation machine is given: the steps that completed, in their order. Pure.

Tasks only: what other states do nobody has to make good again. `interrupted` names those that had
begun and had not ended: nobody knows how far they came. Outputs are given as they were, but
for task tokens. What Step Functions would not take is left out, and it is said what.
"""

import json
from collections.abc import Mapping
from typing import Any

from breakwater.timeline import statuses
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Step
from breakwater.timeline.timeline import Timeline
from breakwater.timeline.token_learning import redaction_of

LARGEST = 250_000
"""Bytes: Step Functions takes 262,144, and adds its own."""

_UNFINISHED = statuses.INTERRUPTED | {statuses.RUNNING}
_INTERRUPTED_TOLD = 100


def compensation_input(
    timeline: Timeline, *, execution_arn: str, machine: str, by: str, reason: str
) -> str:
    """`{compensationOf, steps, outputsOmitted, stepsOmitted}` as JSON."""
    redaction = redaction_of(timeline)
    steps = [
        _told(step, redaction)
        for step in timeline.steps
        if step.type == "Task" and step.status == statuses.SUCCEEDED
    ]
    unfinished = [
        {"id": str(step.entered_event), "name": step.name, "path": step.path}
        for step in timeline.steps
        if step.type == "Task" and step.status in _UNFINISHED
    ]
    about = {
        "executionArn": execution_arn,
        "stateMachineArn": machine,
        "input": _value(timeline.execution.input, redaction),
        "cancelledBy": by,
        "reason": reason,
        "interrupted": unfinished[-_INTERRUPTED_TOLD:],
    }
    whole = _text(about, steps, outputs=True, omitted=0)
    if _fits(whole):
        return whole
    named = [{key: value for key, value in one.items() if key != "output"} for one in steps]
    del about["input"]
    for kept in _fewer(len(named)):
        newest = named[len(named) - kept :]
        text = _text(about, newest, outputs=False, omitted=len(named) - kept)
        if _fits(text):
            return text
    return _text(about, [], outputs=False, omitted=len(named))


def _told(step: Step, redaction: Redaction) -> dict[str, Any]:
    return {
        "id": str(step.entered_event),
        "name": step.name,
        "path": step.path,
        "occurrence": step.occurrence,
        "output": _value(step.output, redaction),
    }


def _value(text: str | None, redaction: Redaction) -> Any:
    shown = redaction.text(text)
    try:
        return json.loads(shown) if shown is not None else None
    except (ValueError, RecursionError):
        return shown


def _text(
    about: Mapping[str, Any], steps: list[dict[str, Any]], *, outputs: bool, omitted: int
) -> str:
    content = {
        "compensationOf": about,
        "steps": steps,
        "outputsOmitted": not outputs,
        "stepsOmitted": omitted,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    # Half a letter (`\ud800` in an output) is nothing that Step Functions takes.
    return text.encode("utf-8", "replace").decode("utf-8")


def _fits(text: str) -> bool:
    return len(text.encode()) <= LARGEST


def _fewer(count: int) -> list[int]:
    found = [count]
    while found[-1] > 1:
        found.append(found[-1] // 2)
    return found
