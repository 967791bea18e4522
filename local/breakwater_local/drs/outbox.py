"""What must leave the simulator, each thing at its moment, in order: instances and events."""

import heapq
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from breakwater_local.drs.gate import Principal
from breakwater_local.drs.job import Job
from breakwater_local.drs.launch import Launch
from breakwater_local.drs.recovery_instance import RecoveryInstance
from breakwater_local.drs.world import SourceServer, World

EVENT_SOURCE = "breakwater.drs-simulator"
"""AWS keeps `aws.*` for itself: rules that listen for `aws.drs` must listen for this as well."""


class InstanceRefused(Exception):
    """EC2 would not launch it; the message is EC2's."""


class Undelivered(Exception):
    """The cloud would not do this one thing now; try it again later."""


class Unreachable(Undelivered):
    """The cloud can't be reached at all: no use in trying anything else now."""


@dataclass(frozen=True)
class InstanceOrder:
    """What EC2 is to launch."""

    account: str
    region: str
    instance_type: str
    tags: dict[str, str]
    token: str
    """The same for each try, so that no try launches a second instance."""
    planned_id: str
    retried: bool = False
    identified_by: tuple[str, ...] = ()
    """The tags that no other instance has so."""


class Cloud(Protocol):
    """Where instances run and events go: the embedded AWS, or nowhere.

    Whatever it can't do raises InstanceRefused (run) or Undelivered.
    """

    @property
    def is_remote(self) -> bool:
        """Does it take time and fail? Then nothing waits for it, and its states are asked for."""

    @property
    def trouble(self) -> str | None:
        """Why it can't be reached; nothing while it can."""

    def run(self, order: InstanceOrder) -> str:
        """Launch an EC2 instance; returns its id."""

    def template(self, account: str, region: str, server_id: str) -> str | None:
        """A server's EC2 launch template, made when it is first asked for; None without EC2."""

    def stop(self, account: str, region: str, instance_id: str) -> None:
        """Stop it."""

    def terminate(self, account: str, region: str, instance_id: str) -> None:
        """End it; it may be gone already."""

    def states(self, account: str, region: str, instance_ids: list[str]) -> dict[str, str]:
        """What EC2 says of them, in EC2's lower-case words; none for those it does not know."""

    def publish(self, account: str, region: str, event: dict[str, Any]) -> None:
        """Put an event on the default bus: detail-type, resources, detail."""


@dataclass(frozen=True)
class RunInstance:
    """A launch reaches EC2."""

    world: World
    server: SourceServer
    job: Job
    launch: Launch
    instance: RecoveryInstance
    tags: dict[str, str]
    principal: Principal
    """Who asked for it: DRS launches with the caller's credentials."""
    announced: tuple[float, ...]
    """So long after its result that is announced, each time that it is."""
    failback: float | None = None
    """When a failback client takes it over."""


@dataclass(frozen=True)
class StopInstance:
    """Launched to be stopped."""

    world: World
    instance: RecoveryInstance


@dataclass(frozen=True)
class EndInstance:
    """Terminated by DRS, or by somebody else."""

    world: World
    instance: RecoveryInstance


@dataclass(frozen=True)
class EndLeftover:
    """An instance of a simulation that was reset."""

    account: str
    region: str
    instance_id: str


@dataclass(frozen=True)
class AnnounceLaunch:
    """How a server's launch went; read when it is announced."""

    world: World
    server: SourceServer
    job: Job
    launch: Launch
    is_drill: bool


@dataclass(frozen=True)
class AnnounceState:
    """A server's replication stalled, or an instance's failback moved on."""

    world: World
    detail_type: str
    resource: SourceServer | RecoveryInstance
    state: str


@dataclass(frozen=True)
class AnnounceSnapshots:
    """The turn of some servers to tell of their newest snapshots."""


Effect = (
    RunInstance
    | StopInstance
    | EndInstance
    | EndLeftover
    | AnnounceLaunch
    | AnnounceState
    | AnnounceSnapshots
)


@dataclass(order=True, frozen=True)
class Entry:
    """An effect and its moment."""

    at: float
    number: int
    effect: Effect = field(compare=False)
    attempt: int = field(compare=False, default=1)


class Outbox:
    """Effects, waiting for their moment."""

    def __init__(self) -> None:
        self._waiting: list[Entry] = []
        self._again: list[tuple[float, Entry]] = []
        self._number = 0

    def put(self, at: float, effect: Effect) -> None:
        """It is to happen then."""
        self._number += 1
        heapq.heappush(self._waiting, Entry(at, self._number, effect))

    def again(self, entry: Entry, not_before: float) -> None:
        """It could not be done: once more, not before this wall time."""
        heapq.heappush(self._again, (not_before, replace(entry, attempt=entry.attempt + 1)))

    def take(self, until: float, wall: float) -> Entry | None:
        """Takes out the next thing that is due: what waits for another try, then what is new."""
        if self._again and self._again[0][0] <= wall:
            return heapq.heappop(self._again)[1]
        if self._waiting and self._waiting[0].at <= until:
            return heapq.heappop(self._waiting)
        return None

    def next_due(self) -> float | None:
        """The simulated moment of the next thing that is new."""
        return self._waiting[0].at if self._waiting else None

    @property
    def failed(self) -> int:
        """How many things wait for another try."""
        return len(self._again)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._again)
