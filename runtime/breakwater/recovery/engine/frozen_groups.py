"""The groups of a run, and what DRS has in their places."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.server_directory import Inventory, ServerDirectory
from breakwater.recovery.target import Target
from breakwater.recovery.target_facts import target_of

_PLACES_AT_ONCE = 8


def groups_of(frozen: Mapping[str, Any]) -> dict[str, ProtectionGroup]:
    """The groups as they were when the run was asked for, by id."""
    groups = [ProtectionGroup.from_json(one) for one in frozen["groups"]]
    return {group.group_id: group for group in groups}


def resolve(
    directory: ServerDirectory, groups: Mapping[str, ProtectionGroup]
) -> dict[Target, Inventory]:
    """What DRS has in the places of these groups, asked at the same time; Unreachable if one does
    not say.
    """
    places: dict[Target, list[ProtectionGroup]] = {}
    for group in groups.values():
        places.setdefault(target_of(group), []).append(group)

    def ask(target: Target) -> Inventory:
        selections = [group.servers for group in places[target]]
        by_id = all(one.ids for one in selections)
        ids = {server for one in selections for server in one.ids} if by_id else None
        return directory.inventory(target, ids)

    with ThreadPoolExecutor(max_workers=min(max(len(places), 1), _PLACES_AT_ONCE)) as pool:
        return dict(zip(places, pool.map(ask, places), strict=True))
