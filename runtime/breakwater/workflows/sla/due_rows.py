"""Rows about which something is due. Calls Query on OpenIndex; nothing else.

The sparse index stands in the order of what is due next, so a sweep reads what is due and nothing
else: two questions when nothing is, however many executions are open.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater.index.row import Row
from breakwater.index.watch import ALERT, OPEN
from breakwater.platform.attribute_values import from_item
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PAGE = 50


class DueRows:
    """The index's table, as a sweep of deadlines reads it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def pages(self, now: datetime) -> Iterator[list[Row]]:
        """What ended and is not told yet; then what is open; what is due longest first."""
        for partition in (ALERT, OPEN):
            yield from self._pages(partition, now)

    def _pages(self, partition: str, now: datetime) -> Iterator[list[Row]]:
        more: dict[str, Any] = {}
        while True:
            answer = self._client.query(
                TableName=self._table,
                IndexName="OpenIndex",
                KeyConditionExpression="#open = :open AND deadline <= :now",
                ExpressionAttributeNames={"#open": "open"},
                ExpressionAttributeValues={":open": {"S": partition}, ":now": {"S": iso(now)}},
                Limit=PAGE,
                **more,
            )
            rows = [Row.from_values(from_item(item)) for item in answer["Items"]]
            if rows:
                yield rows
            if "LastEvaluatedKey" not in answer:
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
