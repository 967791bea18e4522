"""One account in one Region: its source servers, jobs and recovery instances. Nothing leaks out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from breakwater_local.drs.dice import Dice
from breakwater_local.drs.errors import DoesNotExist
from breakwater_local.drs.files.servers import ServerProfile, names_of
from breakwater_local.drs.job import Job
from breakwater_local.drs.launch import Launch
from breakwater_local.drs.recovery_instance import RecoveryInstance
from breakwater_local.drs.replication import Course
from breakwater_local.drs.snapshots import Policy


@dataclass(frozen=True)
class Staging:
    """Where an extended source server really is."""

    account: str
    arn: str


@dataclass
class SourceServer:
    """A protected server."""

    number: int
    id: str
    arn: str
    profile: ServerProfile
    tags: dict[str, str]
    launch_configuration: dict[str, Any]
    course: Course
    added: float
    expiries: tuple[float, ...] = ()
    direction: str = "FAILOVER"
    origin_instance_id: str | None = None
    reversed_arn: str | None = None
    staging: Staging | None = None
    history: list[tuple[Job, Launch]] = field(default_factory=list)
    """Its recoveries, oldest first."""

    @property
    def known_as(self) -> tuple[str, ...]:
        """The names by which a script may speak of it."""
        return names_of(self.profile, self.id)

    @property
    def policy(self) -> Policy:
        """What decides its snapshots."""
        return Policy(self.id, self.course, self.profile.snapshot_retention_days, self.expiries)


class World:
    """All that DRS holds for one account in one Region."""

    def __init__(self, account: str, region: str, *, initialized: bool) -> None:
        self.account = account
        self.region = region
        self.initialized = initialized
        self.servers: dict[str, SourceServer] = {}
        self.jobs: dict[str, Job] = {}
        self.ec2_states: dict[str, str] = {}
        """What EC2 last said of recovery instances, in its own words."""
        self._instances: list[RecoveryInstance] = []
        self._of_server: dict[str, list[RecoveryInstance]] = {}
        self._open: list[Job] = []

    def arn(self, kind: str, id: str) -> str:
        """The name of a resource here."""
        return f"arn:aws:drs:{self.region}:{self.account}:{kind}/{id}"

    def next_job_id(self, dice: Dice) -> str:
        """The id of the job that begins now; what happens in other worlds does not change it."""
        return dice.id("drsjob-", self.account, self.region, len(self.jobs))

    def server(self, id: str) -> SourceServer:
        """The source server, or DoesNotExist."""
        if id not in self.servers:
            raise DoesNotExist("SourceServer", id)
        return self.servers[id]

    def job(self, id: str) -> Job:
        """The job, or DoesNotExist."""
        if id not in self.jobs:
            raise DoesNotExist("Job", id)
        return self.jobs[id]

    def instance(self, id: str, at: float) -> RecoveryInstance:
        """The recovery instance that DRS knows by then, or DoesNotExist."""
        for instance in reversed(self._instances):
            if instance.launch.instance_id == id and instance.known_at(at):
                return instance
        raise DoesNotExist("RecoveryInstance", id)

    def instances_at(self, at: float) -> list[RecoveryInstance]:
        """Those that DRS knows at a moment, in the order of their launch."""
        return [instance for instance in self._instances if instance.known_at(at)]

    def instances_of(self, server_id: str, at: float) -> list[RecoveryInstance]:
        """The recovery instances of a source server, oldest first."""
        return [one for one in self._of_server.get(server_id, ()) if one.known_at(at)]

    def open_jobs(self, at: float) -> list[Job]:
        """The jobs that are not COMPLETED."""
        self._open = [job for job in self._open if job.open_at(at)]
        return self._open

    def servers_in_jobs(self, at: float) -> set[str]:
        """The source servers that a job is at work on."""
        return {launch.server_id for job in self.open_jobs(at) for launch in job.launches}

    def add_server(self, server: SourceServer) -> None:
        """It is protected from now on."""
        self.servers[server.id] = server

    def add_job(self, job: Job, instances: Iterable[RecoveryInstance] = ()) -> None:
        """It begins; its instances will appear when their time comes."""
        self.jobs[job.id] = job
        self._open.append(job)
        for instance in instances:
            self._instances.append(instance)
            self._of_server.setdefault(instance.server_id, []).append(instance)

    def all_instances(self) -> list[RecoveryInstance]:
        """Every one that ever was or is planned."""
        return list(self._instances)
