"""What the engine asks of DRS and EC2, and the answers that it must tell apart. A port."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from breakwater.recovery.engine.job_queue import Quotas
from breakwater.recovery.engine.seen import SeenInstance, SeenJob, ServerLog
from breakwater.recovery.target import Target


class NotStarted(Exception):
    """DRS did not start a job, for certain; the message says why."""


class Busy(NotStarted):
    """A server is in another job or in a native plan."""

    def __init__(self, message: str, server_id: str | None = None) -> None:
        super().__init__(message)
        self.server_id = server_id


class Full(NotStarted):
    """A quota of the account is met."""


class TooFast(NotStarted):
    """Throttled."""

    def __init__(self, message: str, after_seconds: float) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class Refused(NotStarted):
    """It would be refused again: a right, a server or a setting is missing."""

    def __init__(self, message: str, *, about_servers: bool = False) -> None:
        super().__init__(message)
        self.about_servers = about_servers
        """It may be because of one of the servers: the others alone might be taken."""


class Unclear(Exception):
    """Nobody knows whether DRS did what it was asked: look before asking again."""


class RecoveryService(Protocol):
    """Describing raises Unreachable, with the reason, where AWS does not answer."""

    def jobs(self, target: Target, job_ids: Collection[str]) -> Mapping[str, SeenJob]:
        """These jobs, by id."""

    def jobs_since(self, target: Target, since: datetime) -> list[SeenJob]:
        """Every job there since then, whoever started it."""

    def log(self, target: Target, job_id: str) -> Mapping[str, ServerLog]:
        """What the job's log says, by source server."""

    def instances_of(self, target: Target, server_ids: Collection[str]) -> list[SeenInstance]:
        """The recovery instances of these source servers."""

    def instances(
        self, target: Target, instance_ids: Collection[str]
    ) -> Mapping[str, SeenInstance]:
        """These recovery instances, by id; what DRS does not know is left out."""

    def stays_stopped(self, target: Target, server_id: str) -> bool:
        """Does its launch configuration say that it is not to be started?"""

    def quotas(self, target: Target) -> Quotas:
        """What DRS allows there; the defaults where Service Quotas does not answer."""

    def start(
        self,
        target: Target,
        server_ids: Collection[str],
        *,
        is_drill: bool,
        tags: Mapping[str, str],
    ) -> SeenJob:
        """StartRecovery, once: NotStarted or Unclear if there is no clear yes."""

    def terminate(self, target: Target, instance_ids: Collection[str]) -> str:
        """TerminateRecoveryInstances: the job; NotStarted or Unclear."""

    def tag(self, target: Target, instance_ids: Collection[str], tags: Mapping[str, str]) -> None:
        """Tag instances in EC2."""
