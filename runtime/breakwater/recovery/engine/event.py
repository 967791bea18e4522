"""Something that happened in a run and that people, metrics or other systems are to hear of.

Events are written together with what they tell of, and taken away once they were told: whoever
goes on after a crash tells them. So each is told at least once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What happened."""

    STARTED = "started"
    WAVE_COMPLETED = "waveCompleted"
    WAVE_FAILED = "waveFailed"
    RTO_AT_RISK = "rtoAtRisk"
    RTO_MISSED = "rtoMissed"
    PAUSED = "paused"
    WAITING_TOO_LONG = "waitingTooLong"
    RESUMED = "resumed"
    COMPLETED = "completed"
    FAILED = "failed"
    TIMED_OUT = "timedOut"
    CANCELLED = "cancelled"
    CLEANED_UP = "cleanedUp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing to tell."""

    kind: EventKind
    at: datetime
    text: str
    """A sentence for a person."""

    wave: str | None = None
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """What is counted: seconds, servers launched and failed."""
