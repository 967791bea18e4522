"""A recovery instance: what DRS knows of the EC2 instance that it launched."""

from bisect import bisect_right
from dataclasses import dataclass, field
from math import inf

from breakwater_local.drs.launch import Launch

SHUTTING_DOWN = 20.0
STOPPING = 15.0
AGENT_READY = 600.0
"""A launched server can replicate back only after its agent has come up."""
REVERSED_SYNC = 1800.0

NOT_STARTED = "FAILBACK_NOT_STARTED"
IN_PROGRESS = "FAILBACK_IN_PROGRESS"
READY = "FAILBACK_READY_FOR_LAUNCH"
COMPLETED = "FAILBACK_COMPLETED"


@dataclass
class RecoveryInstance:
    """From when it appears until DRS forgets it."""

    number: int
    arn_prefix: str
    server_id: str
    job_id: str
    is_drill: bool
    launch: Launch
    stops: bool
    """Launched to be stopped, as the launch configuration says."""
    tags: dict[str, str] = field(default_factory=dict)
    ending: float = inf
    removed: float = inf
    disconnected: float = inf
    failback: list[tuple[float, str]] = field(default_factory=lambda: [(-inf, NOT_STARTED)])
    failback_job_id: str | None = None
    failback_began: float | None = None

    @property
    def id(self) -> str:
        """The EC2 instance's id."""
        assert self.launch.instance_id is not None
        return self.launch.instance_id

    @property
    def arn(self) -> str:
        """Its name in DRS."""
        return self.arn_prefix + self.id

    @property
    def appears(self) -> float:
        """When it is there; never, if its launch failed at the last step, or EC2 is late."""
        if self.launch.appears is None or self.launch.awaits_ec2:
            return inf
        return self.launch.appears

    @property
    def runs(self) -> float:
        """When it is up."""
        return inf if self.launch.runs is None else self.launch.runs

    def known_at(self, at: float) -> bool:
        """Does DRS list it?"""
        return self.appears <= at < self.removed

    def ec2_state_at(self, at: float) -> str:
        """What DRS thinks that EC2 would say."""
        if self.launch.vanishes is not None and at >= self.launch.vanishes:
            return "NOT_FOUND"
        if at >= self.ending:
            return "SHUTTING-DOWN" if at < self.ending + SHUTTING_DOWN else "TERMINATED"
        if at < self.runs:
            return "PENDING"
        if self.stops:
            return "STOPPING" if at < self.runs + STOPPING else "STOPPED"
        return "RUNNING"

    def is_up_at(self, at: float) -> bool:
        """Should EC2 say that it runs, or is stopped as it is meant to be?"""
        return self.ec2_state_at(at) in ("RUNNING", "STOPPED")

    def failback_at(self, at: float) -> str:
        """How far its failback is."""
        index = bisect_right(self.failback, at, key=lambda change: change[0])
        return self.failback[index - 1][1]

    def is_so_at(self, failback_state: str, at: float) -> bool:
        """Is it known, and its failback really in this state?"""
        return self.known_at(at) and self.failback_at(at) == failback_state

    def failing_back_at(self, at: float) -> bool:
        """Is a failback under way, so that it must not be ended?"""
        return self.failback_at(at) in (IN_PROGRESS, READY)

    def failback_starts(self, at: float) -> None:
        """Replication back begins; it is ready for launch when all is copied."""
        self.failback_began = at
        self.failback_becomes(at, IN_PROGRESS)
        self.failback.append((at + REVERSED_SYNC, READY))

    def failback_becomes(self, at: float, state: str) -> None:
        """From here on it is in this state; what was planned is off."""
        self.failback = [change for change in self.failback if change[0] < at]
        self.failback.append((at, state))
