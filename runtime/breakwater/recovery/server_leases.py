"""Which run holds which source server: BatchGetItem of ServerLeases, one call per hundred."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Protocol

from breakwater import contract
from breakwater.platform.batch_reading import items_of
from breakwater.recovery.unreachable import Unreachable, asking

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEY = contract.SERVER_LEASES.partition


class Leases(Protocol):
    """What validation asks about runs."""

    def holders(self, keys: Collection[str]) -> Mapping[str, str]:
        """Server key → the id of the run that holds it, for those that are held."""


class ServerLeases:
    """The table of leases, read."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def holders(self, keys: Collection[str]) -> Mapping[str, str]:
        """Server key → the id of the run that holds it, for those that are held."""
        wanted = [{_KEY: {"S": key}} for key in sorted(set(keys))]
        with asking("reading the leases"):
            items = list(items_of(self._client, self._table, wanted, now=True, unread=_unread))
        return {item[_KEY]["S"]: item["executionId"]["S"] for item in items}


def _unread(_count: int) -> Unreachable:
    return Unreachable("reading the leases was throttled")
