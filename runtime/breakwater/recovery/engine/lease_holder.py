"""Leases: while a run may launch a server, no other run may.

Taken in sorted batches, so that of two runs that meet one gets all and the other none; on the first
conflict everything is given back. A lease never expires: one that is in the way is checked against
its run, and taken over only if that run is over and has no job of DRS's open.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.transaction import Write, write_together

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.SERVER_LEASES.partition
[_BY_RUN] = contract.SERVER_LEASES.indexes
_BATCH = 100


class Held(Exception):
    """Another run holds a server; the message names both."""

    def __init__(self, server: str, execution_id: str) -> None:
        super().__init__(
            f"The server {server} is held by the run {execution_id}. Wait until that run has "
            "ended, or cancel it."
        )
        self.server = server
        self.execution_id = execution_id


class _Taken(Exception):
    """Somebody holds one of a batch."""


class LeaseHolder:
    """The table of leases, for the engine."""

    def __init__(
        self, client: "DynamoDBClient", table: str, is_over: Callable[[str], bool]
    ) -> None:
        """
        :param is_over: is a run, by its id, over, with nothing of it left to come?
        """
        self._client = client
        self._table = table
        self._is_over = is_over

    def take(self, keys: Sequence[str], execution_id: str, now: datetime) -> None:
        """All of these for this run, or none and Held."""
        ordered = sorted(set(keys))
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            try:
                self._take_batch(batch, execution_id, now)
            except Held:
                self.release(execution_id, ordered[:start])
                raise

    def release(self, execution_id: str, keys: Iterable[str] = ()) -> None:
        """Everything that this run holds.

        :param keys: what it took, as far as that is known: the index may not know of it yet.
        """
        for key in sorted({*keys, *self.held_by(execution_id)}):
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key={KEY: {"S": key}},
                    ConditionExpression="executionId = :run",
                    ExpressionAttributeValues={":run": {"S": execution_id}},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                continue  # it was released before, and another run may have it now

    def held_by(self, execution_id: str) -> Iterator[str]:
        """The servers that a run holds."""
        more: dict[str, Any] = {}
        while True:
            answer = self._client.query(
                TableName=self._table,
                IndexName=_BY_RUN.name,
                KeyConditionExpression="executionId = :run",
                ExpressionAttributeValues={":run": {"S": execution_id}},
                **more,
            )
            yield from (item[KEY]["S"] for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _take_batch(self, batch: Sequence[str], execution_id: str, now: datetime) -> None:
        while True:
            try:
                write_together(self._client, [self._put(key, execution_id, now) for key in batch])
            except _Taken as taken:
                self._take_over(str(taken), execution_id)
            else:
                return

    def _take_over(self, key: str, execution_id: str) -> None:
        """Give back what a run that is over left behind; Held if it is not over."""
        item = self._client.get_item(
            TableName=self._table, Key={KEY: {"S": key}}, ConsistentRead=True
        ).get("Item")
        if item is None:
            return
        holder = item["executionId"]["S"]
        if holder == execution_id:
            return
        if not self._is_over(holder):
            raise Held(key, holder)
        self.release(holder, [key])

    def _put(self, key: str, execution_id: str, now: datetime) -> Write:
        put = {
            "TableName": self._table,
            "Item": {
                KEY: {"S": key},
                "executionId": {"S": execution_id},
                "takenAt": {"S": clock.iso(now)},
            },
            "ConditionExpression": "attribute_not_exists(executionId) OR executionId = :run",
            "ExpressionAttributeValues": {":run": {"S": execution_id}},
        }
        return Write(action={"Put": put}, refused=lambda: _Taken(key))
