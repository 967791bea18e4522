"""A wave of a run: the item `WAVE#...`. Only the engine writes it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from breakwater.recovery.engine.record import AS_PART_STARTED_AT
from breakwater.recovery.engine.status import WAVE_ENDED, WaveStatus
from breakwater.recovery.failure_policy import PolicyKind

TIMED_OUT = "timedOut"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveRun:
    """One wave, as frozen, and how far it came."""

    execution_id: str
    index: int
    version: int = 0
    name: str
    depends_on: tuple[str, ...] = ()
    pause_before: bool = False
    timeout_minutes: int
    policy: PolicyKind = PolicyKind.ALL
    percent: int = 100
    """Policy atLeast: so many of its servers."""

    status: WaveStatus = WaveStatus.PENDING
    reason: str | None = None
    """For programs: timedOut, policyNotMet, dependencyFailed, runEnded, cancelled."""

    cause: str | None = None
    """For people, in one sentence."""

    taken_over: bool = False
    """It completed in the run that this one retries."""

    held_at: datetime | None = None
    started_at: datetime | None = field(default=None, metadata=AS_PART_STARTED_AT)
    ended_at: datetime | None = None
    servers: int = 0
    servers_launched: int = 0
    servers_failed: int = 0
    untagged: bool = False
    """EC2 did not take the tags of instances that are up: they are tried again at each look."""

    expected_seconds: float | None = None
    """How long its launches are expected to take, in the run's seconds."""

    @property
    def item_key(self) -> str:
        """Sorts in the order of the plan."""
        return f"WAVE#{self.index:03d}"

    @property
    def ended(self) -> bool:
        """It will not change any more."""
        return self.status in WAVE_ENDED

    def ends(self, status: WaveStatus, at: datetime, reason: str | None, cause: str | None) -> Self:
        """Over, for this reason."""
        return replace(self, status=status, ended_at=at, reason=reason, cause=cause)
