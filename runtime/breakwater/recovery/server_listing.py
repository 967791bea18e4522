"""Lists source servers: what a group resolves to now, and what there is in an account and Region.

Cost: the pages of DescribeSourceServers that hold the answer, and one DescribeRecoverySnapshots per
server shown, eight at a time; so a page of servers is at most 50.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from breakwater.platform.pagination import cursor_of, refused, texts_of
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.server_directory import ServerDirectory
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.target_facts import TargetFacts, target_of
from breakwater.recovery.unreachable import Unreachable

PAGE = 50
_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPage:
    """One page of source servers, and what is to be known about it."""

    items: Sequence[SourceServer]
    next_cursor: str | None = None
    missing: Sequence[str] = ()
    """Ids that the group names and DRS does not know."""

    initialized: bool = True
    unreachable: str = ""
    """Why nothing, or no snapshot, could be asked; empty where all was answered."""

    def to_json(self) -> dict[str, Any]:
        """In camelCase, as a list of the API."""
        return {
            "items": [server.to_json() for server in self.items],
            "nextCursor": self.next_cursor,
            "partial": bool(self.unreachable),
            "missing": list(self.missing),
            "initialized": self.initialized,
            "unreachable": self.unreachable or None,
        }


class ServerListing:
    """Source servers for people to look at."""

    def __init__(self, directory: ServerDirectory) -> None:
        self._directory = directory

    def of_group(
        self, group: ProtectionGroup, *, cursor: str | None = None, limit: int = PAGE
    ) -> ServerPage:
        """What the group resolves to now, in the order of server ids."""
        question = {"list": "groupServers", "group": group.group_id, "version": group.version}
        after = texts_of(cursor, question, "after")[0] if cursor else ""
        target = target_of(group)
        try:
            found = self._directory.inventory(target, group.servers.ids or None)
        except Unreachable as silent:
            return ServerPage(items=(), unreachable=silent.reason)
        facts = TargetFacts(target=target, servers=found.servers, initialized=found.initialized)
        members = [server for server in facts.members_of(group) if server.server_id > after]
        shown, more = members[:limit], members[limit:]
        items, silence = self._with_snapshots(target, shown)
        return ServerPage(
            items=items,
            next_cursor=cursor_of({"after": shown[-1].server_id}, question) if more else None,
            missing=facts.missing_of(group),
            initialized=found.initialized,
            unreachable=silence,
        )

    def of_target(
        self, target: Target, *, cursor: str | None = None, limit: int = PAGE
    ) -> ServerPage:
        """All source servers of an account and Region, as DRS pages them."""
        question = {"list": "sourceServers", "account": target.account_id, "region": target.region}
        token = texts_of(cursor, question, "token")[0] if cursor else None
        try:
            found = self._directory.page(target, limit=limit, token=token)
        except Unreachable as silent:
            if token and silent.code == "ValidationException":
                raise refused("is one that DRS does not know, or not any more") from silent
            return ServerPage(items=(), unreachable=silent.reason)
        items, silence = self._with_snapshots(target, list(found.servers.values()))
        return ServerPage(
            items=items,
            next_cursor=cursor_of({"token": found.next_token}, question)
            if found.next_token
            else None,
            initialized=found.initialized,
            unreachable=silence,
        )

    def _with_snapshots(
        self, target: Target, servers: Sequence[SourceServer]
    ) -> tuple[list[SourceServer], str]:
        if not servers:
            return [], ""

        def newest(server: SourceServer) -> SourceServer | Unreachable:
            try:
                taken = self._directory.newest_snapshot(target, server.server_id)
            except Unreachable as silent:
                return silent
            return replace(server, last_snapshot_at=taken)

        with ThreadPoolExecutor(max_workers=min(len(servers), _AT_ONCE)) as pool:
            told = list(pool.map(newest, servers))
        reasons = [one.reason for one in told if isinstance(one, Unreachable)]
        items = [
            server if isinstance(one, Unreachable) else one
            for server, one in zip(servers, told, strict=True)
        ]
        return items, reasons[0] if reasons else ""
