"""A step of a workflow that publishes its own events, as the API tells it. Pure. Redacted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from breakwater.timeline.redaction import Redaction
from breakwater.workflows.engines.custom.merging import Said, value
from breakwater.workflows.profiles import Profile
from breakwater.workflows.step_pages import plain_step, usual
from breakwater.workflows.workflow_status import ENDED


def step_told(
    step_id: str,
    item: Mapping[str, Any],
    redaction: Redaction,
    profile: Profile | None,
    workflow_status: str,
) -> dict[str, Any]:
    """The step: its latest attempt says how it stands. Events come in any order: where the workflow
    has ended and the end of a step was not told, nobody knows how it stands.
    """
    attempts = _attempts(item)
    latest = attempts[-1][1]
    started = value(latest, "started_at", item["startDate"])
    ended = value(latest, "ended_at")
    seconds = _seconds(item["startDate"], ended)
    status, cause = value(latest, "status"), value(latest, "cause")
    if status == "running" and workflow_status in ENDED:
        status = "unknown"
        cause = f"Its workflow is {workflow_status}, and no event has told how this step ended."
    return plain_step(
        id=step_id,
        name=value(latest, "name"),
        type=value(latest, "type"),
        status=status,
        startedAt=item["startDate"],
        endedAt=ended,
        durationSeconds=seconds,
        attemptCount=len(attempts),
        attempts=[_attempt(number, said, redaction) for number, said in attempts],
        error=redaction.text(value(latest, "error")),
        cause=redaction.text(cause),
        compensation=any(value(said, "compensation", default=False) for _, said in attempts),
        **usual(profile, value(latest, "name"), _seconds(started, ended)),
    )


def payloads_told(item: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """What it was given, last it was said, and what it gave in the end, as JSON text."""
    attempts = [said for _, said in _attempts(item)]
    given = [found for said in attempts if (found := value(said, "input")) is not None]
    return {
        "input": redaction.text(given[-1] if given else None),
        "output": redaction.text(value(attempts[-1], "output")),
        "parameters": [],
    }


def _attempts(item: Mapping[str, Any]) -> list[tuple[int, Said]]:
    return sorted(
        ((int(number), said) for number, said in item["attempts"].items()), key=lambda one: one[0]
    )


def _attempt(number: int, said: Said, redaction: Redaction) -> dict[str, Any]:
    started, ended = value(said, "started_at"), value(said, "ended_at")
    return {
        "number": number,
        "maximum": None,
        "status": value(said, "status"),
        "resource": None,
        "scheduledAt": started,
        "startedAt": started,
        "endedAt": ended,
        "durationSeconds": _seconds(started, ended),
        "backoffSeconds": None,
        "waitsForAnswer": False,
        "error": redaction.text(value(said, "error")),
        "cause": redaction.text(value(said, "cause")),
        "requestId": None,
        "executionArn": None,
    }


def _seconds(began: str | None, ended: str | None) -> float | None:
    if began is None or ended is None:
        return None
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()
    return round(max(0.0, seconds), 3)
