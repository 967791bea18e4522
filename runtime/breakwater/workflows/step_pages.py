"""Pages of steps and lanes, the same for all engines: cursors, and what a page may hold. Pure."""

from collections.abc import Mapping
from typing import Any

from breakwater.platform.pagination import cursor_of, position_of, refused
from breakwater.workflows.engine_port import StepsAsked
from breakwater.workflows.profiles import Profile
from breakwater.workflows.workflow_id import WorkflowId

ATTEMPTS_SHOWN = 50


def start_of(wanted: WorkflowId, asked: StepsAsked) -> int:
    """At which step or lane the page begins; BadRequest for a cursor of another place."""
    if asked.cursor is None:
        return 0
    at = position_of(asked.cursor, _question(wanted, asked.within, asked.lane)).get("at")
    if isinstance(at, bool) or not isinstance(at, int) or not 0 <= at < 10_000_000:
        raise refused()
    return at


def cursor_at(wanted: WorkflowId, at: int, within: str | None, lane: str | None) -> str:
    """A cursor for the place `at`."""
    return cursor_of({"at": at}, _question(wanted, within, lane))


def usual(profile: Profile | None, name: str, seconds: float | None) -> dict[str, Any]:
    """A step beside its own p50 and p95."""
    step = profile.steps.get(name) if profile is not None else None
    if profile is None or step is None:
        return {"p50Seconds": None, "p95Seconds": None, "samples": 0, "isSlow": False}
    return {
        "p50Seconds": step.p50,
        "p95Seconds": step.p95,
        "samples": step.count,
        "isSlow": seconds is not None and profile.is_slow_step(name, seconds),
    }


def usual_whole(profile: Profile | None) -> dict[str, Any]:
    """How long executions of its state machine take; nothing is known of the first ones."""
    if profile is None:
        return {"p50Seconds": None, "p95Seconds": None, "samples": 0}
    return {"p50Seconds": profile.p50, "p95Seconds": profile.p95, "samples": profile.samples}


def plain_step(**told: Any) -> dict[str, Any]:
    """A step with every field that steps have; what an engine does not know is None."""
    return {**_STEP, **told}


_STEP: Mapping[str, Any] = {
    "id": "",
    "name": "",
    "type": "",
    "path": None,
    "occurrence": 1,
    "segment": 0,
    "status": "unknown",
    "startedAt": None,
    "endedAt": None,
    "durationSeconds": None,
    "p50Seconds": None,
    "p95Seconds": None,
    "samples": 0,
    "isSlow": False,
    "attemptCount": 0,
    "attempts": [],
    "error": None,
    "cause": None,
    "compensation": False,
    "laneCount": 0,
    "counts": None,
    "lanes": [],
    "lanesCursor": None,
}


def _question(wanted: WorkflowId, within: str | None, lane: str | None) -> dict[str, Any]:
    return {"steps": str(wanted), "within": within, "lane": lane}
