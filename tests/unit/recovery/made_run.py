"""A run for tests, with only what a test is about said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater.recovery.engine.event import Event, EventKind
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.status import RunStatus

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TOKEN = "AQCsecretTaskTokenOfStepFunctions" * 10


def at(minutes: float) -> datetime:
    """So many minutes after the start, by the wall clock."""
    return START + timedelta(minutes=minutes)


def run(**more: Any) -> Run:
    made = Run(
        execution_id="01JD0000000000000000000000",
        plan_id="11111111-2222-4333-8444-555555555555",
        plan_name="shop",
        is_drill=True,
        status=RunStatus.RUNNING,
        requested_by="anna@example.com",
        reason="quarterly drill",
        started_at=START,
        begun_at=START + timedelta(seconds=2),
        rto_minutes=60,
        rpo_minutes=15,
        timeout_minutes=240,
        pause_timeout_minutes=120,
        frozen=True,
        waves=4,
        servers=11,
    )
    return replace(made, **more)


def event(kind: EventKind, minutes: float = 20, text: str = "It happened.", **more: Any) -> Event:
    return Event(kind=kind, at=at(minutes), text=text, **more)
