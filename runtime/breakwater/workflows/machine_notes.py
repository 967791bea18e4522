"""What the index has noted of state machines: their tags. Calls BatchGetItem; asks no AWS else.

ListTagsForResource allows one call a second, so the index asks, and whoever comes later reads its
note. A note that was read is kept for a moment: a page that is open asks every few seconds.
"""

import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.index.machine_directory import MACHINE_PREFIX
from breakwater.index.row_table import RowTable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEPT_SECONDS = 60.0


class MachineNotes:
    """The notes."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows = RowTable(client, table)
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Mapping[str, str]]] = {}

    def tags(self, machine_arns: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """Machine → its tags; empty of one that nobody has met."""
        now = self._seconds()
        wanted = {one for one in machine_arns if one.startswith("arn:")}
        asked = {one for one in wanted if self._kept.get(one, (0.0, {}))[0] <= now}
        found: Mapping[str, dict[str, Any]] = {}
        if asked:
            found = self._rows.values([f"{MACHINE_PREFIX}{one}" for one in asked], now=False)
        for one in asked:
            tags = found.get(f"{MACHINE_PREFIX}{one}", {}).get("tags", {})
            self._kept[one] = (now + _KEPT_SECONDS, tags)
        return {one: self._kept[one][1] for one in wanted}


def allows_actions(tags: Mapping[str, str]) -> bool:
    """May Breakwater act on executions of a machine with these tags?"""
    return tags.get(contract.ACTIONS_TAG) == contract.ACTIONS_ALLOWED
