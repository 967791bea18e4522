"""One at a time: a job's record in the table, with a lease on it. Calls UpdateItem.

The record holds the job's progress as well, so whoever has the lease has the progress, and a job
that was killed is taken up where it last said it was, once its lease is over.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.attribute_values import from_item, to_attribute
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SWEEP, BACKFILL = "#SWEEP", "#BACKFILL"


class Busy(Exception):
    """Another holds the lease; the message says until when."""


class Lease:
    """The record of one job."""

    def __init__(self, client: "DynamoDBClient", table: str, key: str) -> None:
        self._client = client
        self._table = table
        self._key = {contract.EXECUTION_INDEX.partition: {"S": key}}
        self._until = ""

    def take(self, now: datetime, until: datetime) -> dict[str, Any]:
        """Hold it until then; returns the record, Busy if another holds it."""
        self._until = iso(until)
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression="SET leaseUntil = :until",
                ConditionExpression="attribute_not_exists(leaseUntil) OR leaseUntil <= :now",
                ExpressionAttributeValues={":until": {"S": self._until}, ":now": {"S": iso(now)}},
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as taken:
            held: Any = taken.response.get("Item", {})
            raise Busy(held.get("leaseUntil", {}).get("S", "soon")) from taken
        return from_item(answer["Attributes"])

    def save(self, record: Mapping[str, Any], *, done: bool) -> None:
        """Write the progress; `done` gives the lease back. Busy if it was lost meanwhile."""
        values = {name: to_attribute(value) for name, value in record.items()}
        ends = " REMOVE leaseUntil" if done else ""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values) + ends,
                ConditionExpression="leaseUntil = :mine",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={
                    **{f":{name}": value for name, value in values.items()},
                    ":mine": {"S": self._until},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException as lost:
            raise Busy("the lease ran out while working") from lost

    def read(self) -> dict[str, Any]:
        """The record, whoever holds it."""
        answer = self._client.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        return from_item(answer.get("Item", {}))
