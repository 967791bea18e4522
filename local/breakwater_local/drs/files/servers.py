"""The servers file: which source servers there are, in which accounts and Regions."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from breakwater_local.drs.dice import Dice
from breakwater_local.drs.durations import Duration
from breakwater_local.drs.files.contradictions import contradictions
from breakwater_local.drs.files.document import Document, Written
from breakwater_local.drs.files.sayable import sayable
from breakwater_local.drs.wire.model import regions

SAMPLE = Path(__file__).with_name("sample_servers.yaml")

ReplicationState = Literal[
    "STOPPED",
    "INITIATING",
    "INITIAL_SYNC",
    "BACKLOG",
    "CREATING_SNAPSHOT",
    "CONTINUOUS",
    "PAUSED",
    "RESCAN",
    "STALLED",
    "DISCONNECTED",
]


def _matching(pattern: str, hint: str) -> BeforeValidator:
    def check(text: object) -> object:
        if not isinstance(text, str) or not re.fullmatch(pattern, text):
            raise ValueError(f"{text!r} is not right: {hint}")
        return text

    return BeforeValidator(check)


def _region(text: object) -> object:
    if text not in regions():
        close = difflib.get_close_matches(str(text), regions(), n=1)
        hint = f"did you mean {close[0]}?" if close else "a Region such as eu-west-1"
        raise ValueError(f"{text!r} is not right: {hint}")
    return text


AccountId = Annotated[str, _matching(r"(?a:\d{12})", 'twelve digits in quotes, "111122223333"')]
Region = Annotated[str, BeforeValidator(_region)]
ServerId = Annotated[
    str, _matching(r"s-[0-9a-zA-Z]{17}", "`s-` and seventeen letters or digits, or leave it out")
]
InstanceType = Annotated[
    str, _matching(r"[a-z0-9-]{1,32}\.[a-z0-9-]{1,32}", "an instance type such as m5.xlarge")
]
TagKey = Annotated[str, _matching(r"(?s)(?!(?i:aws:)).{1,128}", "1 to 128 characters, not aws:...")]
TagText = Annotated[str, StringConstraints(max_length=256)]
YesNo = Annotated[bool, Field(strict=True)]


def _whole(least: int, most: int) -> Any:
    """In these limits; `yes` and `1.0` are no whole numbers."""
    return Field(ge=least, le=most, strict=True)


Gibibytes = Annotated[int, _whole(1, 65_536)]


class PostLaunchAction(Written):
    """Something that AWS Systems Manager does on a server once it is launched."""

    name: Annotated[str, sayable("LaunchAction", "name")]
    document: Annotated[str, sayable("LaunchAction", "actionCode")] = "AWS-RunShellScript"
    category: Literal["MONITORING", "VALIDATION", "CONFIGURATION", "SECURITY", "OTHER"] = (
        "VALIDATION"
    )
    optional: YesNo = False
    takes: Duration = 90.0


class LaunchSettings(Written):
    """How a server is launched; UpdateLaunchConfiguration may change it later."""

    disposition: Literal["STARTED", "STOPPED"] = "STARTED"
    right_sizing: Literal["NONE", "BASIC", "IN_AWS"] = "BASIC"
    copy_private_ip: YesNo = False
    copy_tags: YesNo = True
    recovery_mode: Literal["OPTIMAL", "FAST"] = "OPTIMAL"
    byol: YesNo = False
    post_launch_actions: Annotated[tuple[PostLaunchAction, ...], Field(max_length=200)] = ()


class ServerProfile(Written):
    """What the file says of one server."""

    name: Annotated[str, _matching(r"[\w.-]{1,128}", "letters, digits, dots and dashes")]
    id: ServerId | None = None
    tags: Annotated[dict[TagKey, TagText], Field(max_length=45)] = Field(default_factory=dict)
    os: Annotated[str, sayable("OS", "fullString")] = "Amazon Linux 2023"
    cores: Annotated[int, _whole(1, 512)] = 4
    memory_gib: Annotated[int, _whole(1, 24_576)] = 16
    disks_gib: Annotated[tuple[Gibibytes, ...], Field(min_length=1, max_length=60)] = (100,)
    instance_type: InstanceType = "m5.xlarge"
    origin: Literal["on-premises", "aws"] = "on-premises"
    origin_region: Region | None = None
    replication: ReplicationState = "CONTINUOUS"
    protected_for: Duration = 30 * 86400.0
    snapshot_retention_days: Annotated[int, _whole(1, 365)] = 7
    ebs_key: Literal["customer", "default"] = "customer"
    launch: LaunchSettings = LaunchSettings()


class Territory(Written):
    """The servers of one account in one Region."""

    account: AccountId
    region: Region
    servers: tuple[ServerProfile, ...] = ()


class ServersFile(Written):
    """All of it."""

    worlds: Annotated[tuple[Territory, ...], Field(min_length=1)]


def read_servers(path: Path = SAMPLE) -> ServersFile:
    """The file, or a Problem with all that is wrong with it."""
    return Document(path).parsed(ServersFile, contradictions)


def server_id_of(account: str, region: str, profile: ServerProfile) -> str:
    """Its source server id: its own, or one that is the same whatever the seed; plans name it."""
    return profile.id or Dice(0).id("s-", account, region, profile.name)


def host_name(profile: ServerProfile) -> str:
    """What the machine calls itself."""
    return profile.name.lower()


def full_name(profile: ServerProfile) -> str:
    """Its host name with its domain."""
    return f"{host_name(profile)}.corp.example.com"


def names_of(profile: ServerProfile, server_id: str) -> tuple[str, ...]:
    """The names by which a script may speak of a server."""
    return tuple(dict.fromkeys((profile.name, server_id, host_name(profile), full_name(profile))))


@dataclass(frozen=True)
class KnownServer:
    """A server of the file, as a script may speak of it."""

    account: str
    regions: frozenset[str]
    """Where it is; and where it came from, since its replication may be reversed."""
    names: tuple[str, ...]
    actions: tuple[str, ...]
    """Its post-launch actions."""


def names(servers: ServersFile) -> tuple[KnownServer, ...]:
    """Every server that a script may speak of."""
    return tuple(
        KnownServer(
            account=world.account,
            regions=frozenset({world.region, profile.origin_region or world.region}),
            names=names_of(profile, server_id_of(world.account, world.region, profile)),
            actions=tuple(action.name for action in profile.launch.post_launch_actions),
        )
        for world in servers.worlds
        for profile in world.servers
    )
