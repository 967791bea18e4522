"""Where a server would be launched: the network in its EC2 launch template, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchNetwork:
    """The network of one server's next launch."""

    template_id: str
    template_exists: bool = True
    subnet_id: str | None = None
    """None: EC2 takes the default subnet, if the Region has one."""

    subnet_exists: bool = True
    missing_security_groups: tuple[str, ...] = ()
    vpc_id: str | None = None
    source_vpc_id: str | None = None
    """Where the source runs, if it runs in this account and Region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSurvey:
    """The networks that were found, by server id."""

    networks: Mapping[str, LaunchNetwork]
    not_looked_at: int = 0
    """Servers whose template nobody names, beyond the calls that are allowed."""


class LaunchNetworks(Protocol):
    """What recovery asks about launches; Unreachable, with the reason, where AWS is silent."""

    def survey(self, target: Target, servers: Sequence[SourceServer]) -> LaunchSurvey:
        """The networks into which these servers would be launched."""
