"""What must leave the simulator, each thing at its moment, in order: instances and events."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from breakwater_local.drs.job import Job
from breakwater_local.drs.launch import Launch
from breakwater_local.drs.recovery_instance import RecoveryInstance
from breakwater_local.drs.world import SourceServer, World

EVENT_SOURCE = "breakwater.drs-simulator"
"""AWS keeps `aws.*` for itself: rules that listen for `aws.drs` must listen for this as well."""


class InstanceRefused(Exception):
    """EC2 would not launch it; the message is EC2's."""


class Undelivered(Exception):
    """The cloud could not be reached, or would not do it; try again later."""


class Cloud(Protocol):
    """Where instances run and events go: the embedded AWS, or nowhere.

    Whatever it can't do raises InstanceRefused (run) or Undelivered (the rest).
    """

    def run(
        self, account: str, region: str, instance_type: str, tags: dict[str, str], planned_id: str
    ) -> str:
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

    @property
    def knows_states(self) -> bool:
        """Is `states` to be believed?"""


@dataclass(frozen=True)
class RunInstance:
    """A launch reaches EC2."""

    world: World
    server: SourceServer
    job: Job
    launch: Launch
    tags: dict[str, str]


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


Effect = RunInstance | StopInstance | EndInstance | AnnounceLaunch | AnnounceState


@dataclass(order=True)
class _Entry:
    at: float
    number: int
    effect: Effect = field(compare=False)
    attempt: int = field(compare=False)


class Outbox:
    """Effects, waiting for their moment."""

    def __init__(self) -> None:
        self._waiting: list[_Entry] = []
        self._number = 0

    def put(self, at: float, effect: Effect, attempt: int = 1) -> None:
        """It is to happen then."""
        self._number += 1
        heapq.heappush(self._waiting, _Entry(at, self._number, effect, attempt))

    def due(self, until: float) -> Iterator[tuple[float, Effect, int]]:
        """Takes out what is due, in order: when it was due, what, and the how manieth attempt."""
        while self._waiting and self._waiting[0].at <= until:
            entry = heapq.heappop(self._waiting)
            yield entry.at, entry.effect, entry.attempt

    def __len__(self) -> int:
        return len(self._waiting)
