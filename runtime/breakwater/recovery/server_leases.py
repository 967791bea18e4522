"""Which run holds which source server: BatchGetItem of ServerLeases, one call per hundred."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from breakwater import contract
from breakwater.recovery.unreachable import Unreachable, asking

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEY = contract.SERVER_LEASES.partition
_BATCH = 100
_SPARE_TRIES = 5


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
        found: dict[str, str] = {}
        waiting: list[Any] = [{_KEY: {"S": key}} for key in sorted(set(keys))]
        tries = len(waiting) // _BATCH + _SPARE_TRIES
        while waiting and tries:
            tries -= 1
            batch, waiting = waiting[:_BATCH], waiting[_BATCH:]
            with asking("reading the leases"):
                answer = self._client.batch_get_item(
                    RequestItems={self._table: {"Keys": batch, "ConsistentRead": True}}
                )
            for item in answer["Responses"].get(self._table, []):
                found[item[_KEY]["S"]] = item["executionId"]["S"]
            left = answer.get("UnprocessedKeys", {}).get(self._table)
            waiting.extend(left["Keys"] if left else [])
        if waiting:
            raise Unreachable("reading the leases was throttled")
        return found
