"""What recovery asks of DRS about source servers: the port that adapters and fakes fill."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The source servers of one place."""

    servers: Mapping[str, SourceServer]
    """By server id."""

    initialized: bool = True
    """False: DRS was never set up there, so there are none."""

    next_token: str | None = None
    """Where DRS goes on; None at the end, and wherever all were asked for."""


class ServerDirectory(Protocol):
    """Each question raises Unreachable, with the reason, where AWS does not answer it."""

    def inventory(self, target: Target, ids: Collection[str] | None = None) -> Inventory:
        """All source servers, or those of these ids that exist."""

    def page(self, target: Target, *, limit: int, token: str | None) -> Inventory:
        """One page of all source servers."""

    def open_jobs(self, target: Target, at: datetime) -> Mapping[str, str]:
        """Server id → the job that it is in and that has not ended."""

    def native_executions(self, target: Target) -> Mapping[str, str]:
        """Server id → the running execution of a native DRS recovery plan that holds it."""

    def newest_snapshot(self, target: Target, server_id: str) -> str | None:
        """When its newest point in time was taken; None if there is none."""
