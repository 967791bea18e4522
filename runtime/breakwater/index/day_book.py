"""Which days have rows: one item, `#DAYS`, with a set of start days and one of stop days.

A list of everything goes through the index day by day. Without the book it would not know where
to stop, nor that nothing happened in March. A day is noted before the first row of the day is
written, once per running function and hour.
"""

import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.attribute_values import from_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

DAYS_KEY = "#DAYS"
STARTED, ENDED = "startDays", "stopDays"
_KEY = {contract.EXECUTION_INDEX.partition: {"S": DAYS_KEY}}
_SURE_SECONDS = 3600.0  # a day may be struck out of the book when its last row has left


class DayBook:
    """The days, as writers note them and readers ask for them."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._table = table
        self._seconds = seconds
        self._noted: dict[tuple[str, str], float] = {}

    def note(self, *, started: str, ended: str | None) -> None:
        """There will be a row of these days."""
        days = {STARTED: started, **({ENDED: ended} if ended else {})}
        now = self._seconds()
        new = {
            kind: day
            for kind, day in days.items()
            if now - self._noted.get((kind, day), float("-inf")) > _SURE_SECONDS
        }
        if not new:
            return
        self._client.update_item(
            TableName=self._table,
            Key=_KEY,
            UpdateExpression="ADD " + ", ".join(f"{kind} :{kind}" for kind in new),
            ExpressionAttributeValues={f":{kind}": {"SS": [day]} for kind, day in new.items()},
        )
        self._noted |= dict.fromkeys(new.items(), now)

    def days(self, kind: str) -> list[str]:
        """The days of one kind that have, or had, rows; the newest first."""
        return sorted(self._read().get(kind, ()), reverse=True)

    def strike(self, kind: str, days: Collection[str]) -> None:
        """These have no row any more."""
        if days:
            self._client.update_item(
                TableName=self._table,
                Key=_KEY,
                UpdateExpression=f"DELETE {kind} :days",
                ExpressionAttributeValues={":days": {"SS": sorted(days)}},
            )

    def _read(self) -> dict[str, Any]:
        answer = self._client.get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        return from_item(answer.get("Item", {}))
