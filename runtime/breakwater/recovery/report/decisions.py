"""Who decided what, and why: from the audit trail; where it is silent, from the run. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import Run
from breakwater.recovery.report.parts import Decision

_NEVER = datetime.max.replace(tzinfo=UTC)
_STEMS = {
    "start": ("start", "retri"),
    "pause": ("paus",),
    "resume": ("resum",),
    "cancel": ("cancel",),
    "cleanup": ("clean",),
}
_SECRET = ("token", "password", "secret")


def decisions(run: Run, audit: Sequence[Mapping[str, Any]]) -> tuple[Decision, ...]:
    """In the order in which they were taken."""
    told = [_audited(entry) for entry in audit]
    told += [one for one in _of_run(run) if not _told_already(one, told)]
    return tuple(sorted(told, key=lambda one: (one.at or _NEVER, one.action, one.by)))


def _audited(entry: Mapping[str, Any]) -> Decision:
    return Decision(
        at=_moment(entry.get("recordedAt")),
        by=str(entry.get("actor") or "unknown"),
        action=str(entry.get("action") or "unknown"),
        reason=_text(entry.get("reason")),
        details=_details(entry.get("after")),
    )


def _of_run(run: Run) -> Iterator[Decision]:
    yield Decision(
        at=run.started_at,
        by=run.requested_by,
        action="start",
        reason=run.reason,
        details=f"retry of {run.retry_of}" if run.retry_of else None,
    )
    asked: tuple[tuple[str, Request | None], ...] = (
        ("pause", run.pause_requested),
        ("resume", run.resumed),
        ("cancel", run.cancel_requested),
        ("cleanup", run.cleaning),
    )
    for action, request in asked:
        if request is not None:
            yield _requested(action, request)


def _requested(action: str, request: Request) -> Decision:
    details = []
    if request.waves:
        details.append(f"waves: {', '.join(request.waves)}")
    if request.cleanup:
        details.append("with cleanup")
    return Decision(
        at=request.at,
        by=request.by,
        action=action,
        reason=request.reason,
        details="; ".join(details) or None,
    )


def _told_already(one: Decision, told: Sequence[Decision]) -> bool:
    """The trail calls it by a word of its own (`resumed`, `runStarted`), at about that time."""
    stems = _STEMS[one.action]
    return any(
        stem in other.action.lower() for other in told if _close(one.at, other.at) for stem in stems
    )


def _close(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or abs((one - other).total_seconds()) < 60


def _moment(text: Any) -> datetime | None:
    """The trail's key is a time and a random sequence."""
    try:
        found = datetime.fromisoformat(str(text).partition("#")[0])
    except ValueError:
        return None
    return found if found.tzinfo else None


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _details(after: Any) -> str | None:
    """What the person asked for, as far as it is short and no secret."""
    if not isinstance(after, Mapping):
        return None
    parts = []
    for name, value in sorted(after.items(), key=lambda pair: str(pair[0])):
        shown = _shown(value)
        if shown and not any(word in str(name).lower() for word in _SECRET):
            parts.append(f"{name}: {shown}")
    return "; ".join(parts)[:300] or None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return ""
