"""One StartRecovery of a run: the item `JOB#...`, written before DRS is asked."""

from dataclasses import dataclass, field
from datetime import datetime

from breakwater.recovery.engine.record import AS_PART_STARTED_AT
from breakwater.recovery.engine.status import JobStatus
from breakwater.recovery.target import Target

TAG_EXECUTION = "breakwater:executionId"
TAG_JOB = "breakwater:job"
"""The item's key: with the execution's id it finds the job again after a lost answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """Up to a hundred servers of a wave, launched by one call."""

    execution_id: str
    wave_index: int
    number: int
    version: int = 0
    account_id: str
    region: str
    server_ids: tuple[str, ...]
    status: JobStatus = JobStatus.QUEUED
    waiting_for: str | None = None
    """Why it is still queued, in a sentence."""

    not_before: datetime | None = None
    """Do not ask before."""

    refusals: int = 0
    """How many times in a row DRS refused it for good."""

    intent_at: datetime | None = None
    """When somebody first meant to ask: a job of DRS's that is older is not ours."""

    asked_at: datetime | None = None
    """When DRS was last asked, or was about to be."""

    claimed_until: datetime | None = None
    """Until then whoever claimed it may still be asking; nobody else does."""

    job_id: str | None = None
    started_at: datetime | None = field(default=None, metadata=AS_PART_STARTED_AT)
    ended_at: datetime | None = None
    polls_after_end: int = 0
    polls_overdue: int = 0
    """So often it was looked at after its wave had ended."""

    log_read: bool = False

    @property
    def item_key(self) -> str:
        """Sorts by wave."""
        return f"JOB#{self.wave_index:03d}#{self.number:03d}"

    @property
    def target(self) -> Target:
        """Where it is asked for."""
        return Target(account_id=self.account_id, region=self.region)

    @property
    def server_keys(self) -> frozenset[str]:
        """Its servers across accounts and Regions."""
        return frozenset(f"{self.account_id}/{self.region}/{one}" for one in self.server_ids)
