"""What events said, in whatever order they came → how a workflow and its steps stand. Pure.

For every field the event with the highest rank that names it is right. So the order of arrival,
repetitions and what is late change nothing in the end.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from breakwater.index.row import Row
from breakwater.index.watch import watched
from breakwater.platform.clock import iso
from breakwater.workflows.engines.custom.event import StepSaid, WorkflowEvent, step_said
from breakwater.workflows.workflow_status import ENDED, to_step_functions

Said = Mapping[str, Mapping[str, Any]]
"""Field → {rank, value}."""

_LONGEST_CAUSE = 512


def merged(before: Said, rank: str, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """With what one event said."""
    after = {field: dict(known) for field, known in before.items()}
    for field, value in values.items():
        known = after.get(field)
        if known is None or known["rank"] < rank:
            after[field] = {"rank": rank, "value": value}
    return after


def value(said: Said, field: str, default: Any = None) -> Any:
    """What is right of a field."""
    known = said.get(field)
    return default if known is None else known["value"]


def row_after(before: Row | None, event: WorkflowEvent, keep_days: int | None) -> Row:
    """The row of the index once this event is known."""
    known = (before.custom if before else None) or {"said": {}}
    said = merged(known["said"], event.rank, event.said())
    at = iso(event.time)
    earliest = min(known.get("earliest", at), at)
    latest = max(known.get("latest", at), at)
    row = _row(event, said, earliest, latest, keep_days)
    return replace(row, revision=before.revision, **watched(before)) if before else row


def _row(
    event: WorkflowEvent, said: Said, earliest: str, latest: str, keep_days: int | None
) -> Row:
    status, kind = value(said, "status"), value(said, "type")
    started = value(said, "started_at", earliest)
    ended = max(value(said, "ended_at", value(said, "statusAt")), started)
    is_over = status in ENDED
    seconds = (_moment(ended) - _moment(started)).total_seconds()
    expires = None
    if is_over and keep_days is not None:
        expires = int((_moment(ended) + timedelta(days=keep_days)).timestamp())
    cause = value(said, "cause")
    return Row(
        execution_arn=event.key,
        execution_name=value(said, "name", event.workflow_id),
        state_machine_arn=f"custom.{event.source}.{kind}",
        agent_name=kind,
        status=to_step_functions(status),
        start_date=started,
        stop_date=ended if is_over else None,
        duration_seconds=round(seconds, 3) if is_over else None,
        account="",
        region="",
        confirmed_by="event",
        confirmed_at=latest,
        error=value(said, "error") if is_over else None,
        cause=cause[:_LONGEST_CAUSE] if cause and is_over else None,
        version=value(said, "version"),
        priority=value(said, "priority"),
        triggered_by=value(said, "triggered_by"),
        sla_target_seconds=value(said, "sla_target_seconds"),
        search=value(said, "search") or None,
        expires_at=expires,
        custom={"said": said, "earliest": earliest, "latest": latest},
    )


def step_after(before: Mapping[str, Any] | None, event: WorkflowEvent) -> dict[str, Any]:
    """What is kept of a step once this event is known; the event has one."""
    step = event.step
    assert isinstance(step, StepSaid)
    known = before or {"attempts": {}}
    number, at = str(step.attempt), iso(event.time)
    attempts = dict(known["attempts"])
    attempts[number] = merged(attempts.get(number, {}), event.rank, step_said(step))
    earliest = min(known.get("earliest", at), at)
    starts = [value(one, "started_at") for one in attempts.values()]
    return {
        "attempts": _with_one_payload(attempts),
        "earliest": earliest,
        "startDate": min([one for one in starts if one] or [earliest]),
    }


def _with_one_payload(attempts: Mapping[str, Said]) -> dict[str, Said]:
    """What it was given last, and what its last attempt gave: those are shown. With those of all
    attempts a step that is tried often would outgrow its item (400 KB).
    """
    newest = max(attempts, key=int)
    given = max((one for one, said in attempts.items() if "input" in said), key=int, default=None)
    shown = {"input": given, "output": newest}
    return {
        number: {field: kept for field, kept in said.items() if shown.get(field, number) == number}
        for number, said in attempts.items()
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
