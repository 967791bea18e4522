"""The servers file: which source servers there are, in which accounts and Regions."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from breakwater_local.drs.durations import Duration
from breakwater_local.drs.files.document import Document, Place, Written

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


AccountId = Annotated[str, _matching(r"\d{12}", 'twelve digits in quotes, "111122223333"')]
Region = Annotated[str, _matching(r"[a-z]{2,4}(-[a-z]+)+-\d", "a Region such as eu-west-1")]
ServerId = Annotated[
    str, _matching(r"s-[0-9a-zA-Z]{17}", "`s-` and seventeen letters or digits, or leave it out")
]
TagText = Annotated[str, StringConstraints(max_length=256)]


class PostLaunchAction(Written):
    """Something that AWS Systems Manager does on a server once it is launched."""

    name: Annotated[str, _matching(r"[A-Za-z0-9][A-Za-z0-9 /_-]*", "letters, digits and spaces")]
    document: str = "AWS-RunShellScript"
    category: Literal["MONITORING", "VALIDATION", "CONFIGURATION", "SECURITY", "OTHER"] = (
        "VALIDATION"
    )
    optional: bool = False
    takes: Duration = 90.0


class LaunchSettings(Written):
    """How a server is launched; UpdateLaunchConfiguration may change it later."""

    disposition: Literal["STARTED", "STOPPED"] = "STARTED"
    right_sizing: Literal["NONE", "BASIC", "IN_AWS"] = "BASIC"
    copy_private_ip: bool = False
    copy_tags: bool = True
    recovery_mode: Literal["OPTIMAL", "FAST"] = "OPTIMAL"
    byol: bool = False
    post_launch_actions: tuple[PostLaunchAction, ...] = ()


class ServerProfile(Written):
    """What the file says of one server."""

    name: Annotated[str, _matching(r"[\w.-]{1,128}", "letters, digits, dots and dashes")]
    id: ServerId | None = None
    tags: dict[str, TagText] = Field(default_factory=dict)
    os: str = "Amazon Linux 2023"
    cores: Annotated[int, Field(ge=1, le=512)] = 4
    memory_gib: Annotated[int, Field(ge=1, le=24576)] = 16
    disks_gib: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (100,)
    instance_type: str = "m5.xlarge"
    origin: Literal["on-premises", "aws"] = "on-premises"
    origin_region: Region | None = None
    replication: ReplicationState = "CONTINUOUS"
    protected_for: Duration = 30 * 86400.0
    snapshot_retention_days: Annotated[int, Field(ge=1, le=365)] = 7
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
    document = Document(path)
    parsed = document.parsed(ServersFile)
    found = _contradictions(parsed)
    if found:
        raise document.problem(found)
    return parsed


def names(servers: ServersFile) -> set[str]:
    """Every name and id by which a script may speak of a server."""
    profiles = [profile for world in servers.worlds for profile in world.servers]
    return {p.name for p in profiles} | {p.id for p in profiles if p.id}


def _contradictions(file: ServersFile) -> list[tuple[Place, str]]:
    found: list[tuple[Place, str]] = []
    territories: set[tuple[str, str]] = set()
    ids: set[str] = set()
    for number, world in enumerate(file.worlds):
        here = (world.account, world.region)
        if here in territories:
            found.append((("worlds", number), f"{here} is there already; add its servers to it"))
        territories.add(here)
        known: set[str] = set()
        for index, profile in enumerate(world.servers):
            place: Place = ("worlds", number, "servers", index)
            if profile.name in known:
                found.append(((*place, "name"), f"two servers are called {profile.name!r} here"))
            if profile.id in ids:
                found.append(((*place, "id"), f"two servers have the id {profile.id!r}"))
            if profile.origin == "aws" and profile.origin_region is None:
                found.append((place, "a server from AWS needs its `originRegion`"))
            known.add(profile.name)
            ids |= {profile.id} if profile.id else set()
    return found
