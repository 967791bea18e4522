"""Groups, plans, servers and people for tests, with only what a test is about said."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from breakwater.contract import Role
from breakwater.platform.http.identity import Identity
from breakwater.recovery.protection_group import GroupContent, ProtectionGroup
from breakwater.recovery.recovery_plan import PlanContent, Wave
from breakwater.recovery.server_selection import ServerSelection
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HERE = Target(account_id="111122223333", region="eu-west-1")
ANNA = Identity(subject="a", name="anna@example.com", roles=frozenset({Role.PLANNER}))
BEN = Identity(subject="b", name="ben@example.com", roles=frozenset({Role.PLANNER}))


def server_id(number: int) -> str:
    return f"s-{number:017d}"


def ids(*numbers: int) -> ServerSelection:
    return ServerSelection(ids=tuple(server_id(number) for number in numbers))


def tagged(**tags: str) -> ServerSelection:
    return ServerSelection(tags=tags)


def group_content(
    name: str = "databases",
    servers: ServerSelection | None = None,
    region: str = "eu-west-1",
    account_id: str = "111122223333",
) -> GroupContent:
    return GroupContent(
        name=name, account_id=account_id, region=region, servers=servers or tagged(tier="database")
    )


def group(name: str, servers: ServerSelection | None = None, **where: str) -> ProtectionGroup:
    """A stored group whose id is its name."""
    content = group_content(name, servers, **where)
    return ProtectionGroup(
        name=content.name,
        account_id=content.account_id,
        region=content.region,
        servers=content.servers,
        group_id=name,
        version=1,
        created_at="2026-11-20T03:00:00.000Z",
        updated_at="2026-11-20T03:00:00.000Z",
        updated_by="anna@example.com",
    )


def by_id(*all_groups: ProtectionGroup) -> dict[str, ProtectionGroup]:
    return {one.group_id: one for one in all_groups}


def wave(name: str, *group_ids: str, after: tuple[str, ...] = (), **more: Any) -> Wave:
    return Wave(name=name, group_ids=group_ids, depends_on=after, **more)


def plan(*waves: Wave, name: str = "shop", **more: Any) -> PlanContent:
    return PlanContent(name=name, waves=waves, **more)


def server(number: int, state: str = "CONTINUOUS", **more: Any) -> SourceServer:
    made = SourceServer(
        server_id=server_id(number),
        target=HERE,
        name=f"host-{number}",
        tags={"tier": "database"},
        replication_state=state,
        replication_error="",
        lag_seconds=0.0,
        last_seen_at=None,
        replication_direction="FAILOVER",
        recovery_instance_id=None,
        last_launch_result="NOT_STARTED",
        last_launch=None,
        origin_account_id=None,
        origin_region=None,
        origin_instance_id=None,
    )
    return replace(made, **more)
