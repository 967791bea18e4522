"""One server's course through a job: its statuses, its log, its instance; all of it planned ahead.

What is visible at a moment is what lies before it.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import Any

from breakwater_local.drs.files.servers import PostLaunchAction

LAUNCHED = "LAUNCHED"
FAILED = "FAILED"
TERMINATED = "TERMINATED"


@dataclass(frozen=True)
class LogItem:
    """A line of a job's log."""

    at: float
    event: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ActionRun:
    """A post-launch action on the launched server."""

    id: str
    action: PostLaunchAction
    action_id: str
    order: int
    begins: float
    ends: float
    failure: str | None

    def status_at(self, at: float) -> str:
        """IN_PROGRESS, SUCCEEDED or FAILED."""
        if at < self.ends:
            return "IN_PROGRESS"
        return "FAILED" if self.failure else "SUCCEEDED"


@dataclass
class Launch:
    """A participating server of a job."""

    server_id: str
    statuses: list[tuple[float, str]]
    """From when on which; in order."""
    settled: float
    """When the job is no longer waiting for this server."""
    log: list[LogItem] = field(default_factory=list)
    data_from: float = 0.0
    """The moment whose data is launched."""
    instance_id: str | None = None
    appears: float | None = None
    """When its EC2 instance is there; nothing if it never is."""
    runs: float | None = None
    terminates: float | None = None
    """When somebody is scripted to clean it up."""
    vanishes: float | None = None
    """When its EC2 instance is scripted to end behind the service's back."""
    actions: list[ActionRun] = field(default_factory=list)
    awaits_ec2: bool = False
    """EC2 has not taken the instance yet: at the moment when it should appear, time stands still
    for this launch until EC2 has.
    """

    def held_at(self, at: float) -> bool:
        """Is EC2 late?"""
        return self.awaits_ec2 and self.appears is not None and self.appears <= at

    def status_at(self, at: float) -> str:
        """Its launchStatus."""
        if self.held_at(at):
            assert self.appears is not None
            at = self.appears
        index = bisect_right(self.statuses, at, key=lambda change: change[0])
        return self.statuses[max(index - 1, 0)][1]

    @property
    def result_at(self) -> float:
        """When it is known how the launch went."""
        ends = (at for at, status in self.statuses if status in (LAUNCHED, FAILED))
        return next(ends, self.settled)

    def instance_at(self, at: float) -> str | None:
        """The id of its instance, once there is one."""
        there = self.appears is not None and self.appears <= at and not self.awaits_ec2
        return self.instance_id if there else None

    def postponed(self, seconds: float) -> None:
        """EC2 took it so much later than planned: all that was to follow is as much later."""
        assert self.appears is not None
        begins = self.appears
        self.statuses = [(_later(at, begins, seconds), status) for at, status in self.statuses]
        self.log = [replace(item, at=_later(item.at, begins, seconds)) for item in self.log]
        self.settled = _later(self.settled, begins, seconds)
        for name in ("appears", "runs", "terminates", "vanishes"):
            planned = getattr(self, name)
            if planned is not None:
                setattr(self, name, planned + seconds)
        self.actions = [
            replace(run, begins=run.begins + seconds, ends=run.ends + seconds)
            for run in self.actions
        ]

    def fails(self, at: float, error: str) -> None:
        """From here on it goes otherwise than planned: it fails now."""
        self.statuses = [change for change in self.statuses if change[0] <= at]
        self.statuses.append((at, FAILED))
        self.log = [item for item in self.log if item.at <= at]
        self.log.append(LogItem(at, "LAUNCH_FAILED", self._data(error)))
        self.settled = at
        self.appears = self.runs = self.terminates = self.vanishes = None
        self.actions = []
        self.awaits_ec2 = False

    def is_terminated(self, at: float) -> None:
        """From here on its instance is no more."""
        if self.status_at(at) != TERMINATED:
            self.statuses.append((at, TERMINATED))

    def _data(self, error: str) -> dict[str, Any]:
        return {"sourceServerID": self.server_id, "rawError": error}


def _later(at: float, begins: float, seconds: float) -> float:
    return at + seconds if at > begins else at
