"""A step of compensation: the item `COMPENSATION#...`. What it is about is written down before
anything is terminated.
"""

from dataclasses import dataclass, field
from datetime import datetime

from breakwater.recovery.engine.record import AS_PART_STARTED_AT
from breakwater.recovery.engine.status import StepStatus
from breakwater.recovery.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationStep:
    """Terminate up to two hundred recovery instances of one wave in one place."""

    execution_id: str
    round: int
    """0: within the run, when it was cancelled; else the n-th cleanup after its end."""

    number: int
    version: int = 0
    name: str
    """`Terminate 3 instances of database in account 111122223333 in eu-west-1`."""

    account_id: str
    region: str
    instances: dict[str, str]
    """Recovery instance → source server."""

    wave_index: int
    status: StepStatus = StepStatus.PENDING
    tries: int = 0
    job_id: str | None = None
    cause: str | None = None
    started_at: datetime | None = field(default=None, metadata=AS_PART_STARTED_AT)
    ended_at: datetime | None = None

    @property
    def item_key(self) -> str:
        """Sorts by round."""
        return f"COMPENSATION#{self.round:03d}#{self.number:03d}"

    @property
    def target(self) -> Target:
        """Where."""
        return Target(account_id=self.account_id, region=self.region)
