"""Rollups in DynamoDB. Calls BatchGetItem."""

import random
import time
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.batch_reading import items_of
from breakwater.workflows.rollups.figures import Kept, Place
from breakwater.workflows.rollups.packing import unpacked

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PARTITION, SORT = contract.ROLLUPS.partition, str(contract.ROLLUPS.sort)
FIGURES, VERSION, UPDATED_AT = "figures", "version", "updatedAt"
_PAUSE_SECONDS = 0.05


class Throttled(RuntimeError):
    """DynamoDB did not answer for all keys; it is worth trying later."""


class RollupTable:
    """The table, to whoever reads rollups."""

    def __init__(self, client: "DynamoDBClient | Any", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, places: Collection[Place], *, now: bool = False) -> Mapping[Place, Kept]:
        """Those that there are: one call for up to a hundred, unless they are huge."""
        return {
            place: Kept(
                rollup=unpacked(bytes(item[FIGURES]["B"])),
                version=int(item[VERSION]["N"]),
                updated_at=item[UPDATED_AT]["S"],
            )
            for place, item in self.items(places, now=now).items()
        }

    def items(self, places: Collection[Place], *, now: bool) -> dict[Place, dict[str, Any]]:
        """The items as they are."""
        keys = [key_of(place) for place in sorted(set(places))]
        items = items_of(self._client, self._table, keys, now=now, unread=_unread, pause=_pause)
        return {Place(item[PARTITION]["S"], item[SORT]["S"]): item for item in items}


def key_of(place: Place) -> dict[str, Any]:
    """The key as DynamoDB wants it."""
    return {PARTITION: {"S": place.partition}, SORT: {"S": place.period}}


def _unread(count: int) -> Throttled:
    return Throttled(f"DynamoDB left {count} rollups unread")


def _pause() -> None:
    time.sleep(random.uniform(0.5, 1.0) * _PAUSE_SECONDS)  # noqa: S311 - no secret
