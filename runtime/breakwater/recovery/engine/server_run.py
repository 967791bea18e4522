"""A server of a run: the item `SERVER#...`. Only the engine writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from breakwater.recovery.engine.record import AS_PART_STARTED_AT
from breakwater.recovery.engine.status import SERVER_SETTLED, ServerStatus
from breakwater.recovery.server_key import server_key
from breakwater.recovery.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRun:
    """One server, as frozen, and how far it came."""

    execution_id: str
    wave_index: int
    account_id: str
    region: str
    server_id: str
    version: int = 0
    name: str
    critical: bool = False
    """Without it its wave has failed (policy critical)."""

    status: ServerStatus = ServerStatus.PENDING
    job_id: str | None = None
    launch_status: str | None = None
    """As DRS says it."""

    recovery_instance_id: str | None = None
    instance_state: str | None = None
    """As EC2 says it, through DRS."""

    actions: str | None = None
    """Post-launch actions: pending, succeeded or failed; None where there are none."""

    odd_polls: int = 0
    """So often its instance was not what a launched one is."""

    cause: str | None = None
    expected_seconds: float | None = None
    """How long its last recovery took."""

    started_at: datetime | None = field(default=None, metadata=AS_PART_STARTED_AT)
    launched_at: datetime | None = None
    """When DRS was first seen to call it launched."""

    confirmed_at: datetime | None = None
    """When EC2 was first seen to run it: the recovery time."""

    ended_at: datetime | None = None
    terminated_at: datetime | None = None
    point_in_time: datetime | None = None
    """Of the data that it runs on: the achieved recovery point."""

    previous_snapshot: bool = False
    """DRS could make no new snapshot and used an older one."""

    phases: Mapping[str, datetime] = field(default_factory=dict)
    """Job log event → when: SNAPSHOT_START, CONVERSION_START, LAUNCH_START, ..."""

    tagged: bool = False
    taken_over: bool = False

    @property
    def key(self) -> str:
        """Its name across accounts and Regions."""
        return server_key(self.account_id, self.region, self.server_id)

    @property
    def item_key(self) -> str:
        """Sorts by wave."""
        return f"SERVER#{self.wave_index:03d}#{self.key}"

    @property
    def target(self) -> Target:
        """Where it is."""
        return Target(account_id=self.account_id, region=self.region)

    @property
    def settled(self) -> bool:
        """Launched, or it never will be."""
        return self.status in SERVER_SETTLED

    def failed(self, at: datetime, cause: str) -> Self:
        """Not recovered, for this reason."""
        return replace(self, status=ServerStatus.FAILED, ended_at=at, cause=cause)
