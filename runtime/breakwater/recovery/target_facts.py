"""What was found out about one account and Region, with what could not be found out and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakwater.recovery.launch_network import LaunchNetwork
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """The state of one place at one moment."""

    target: Target
    servers: Mapping[str, SourceServer] = field(default_factory=dict)
    initialized: bool = True
    unreachable: str = ""
    """Why nothing could be asked; empty where DRS answered."""

    jobs: Mapping[str, str] = field(default_factory=dict)
    native_executions: Mapping[str, str] = field(default_factory=dict)
    snapshots: Mapping[str, str | None] = field(default_factory=dict)
    """The newest point in time of servers for which that was asked; None: there is none."""

    networks: Mapping[str, LaunchNetwork] = field(default_factory=dict)
    networks_not_looked_at: int = 0
    gaps: tuple[str, ...] = ()
    """Questions that were not answered, each with its reason; the others were."""

    def members_of(self, group: ProtectionGroup) -> list[SourceServer]:
        """The servers that a group resolves to, in the order of their ids."""
        return [
            server
            for server_id, server in sorted(self.servers.items())
            if group.servers.matches(server_id, server.tags)
        ]

    def missing_of(self, group: ProtectionGroup) -> list[str]:
        """The ids that a group names and DRS does not know."""
        return [one for one in group.servers.ids if one not in self.servers]


def target_of(group: ProtectionGroup) -> Target:
    """Where a group's servers are."""
    return Target(account_id=group.account_id, region=group.region)
