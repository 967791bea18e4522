"""The workflows of bulks, in the bulks' table. Calls Query, UpdateItem and, for a result together
with the figures of its bulk, TransactWriteItems.

An entry is begun on the condition that nobody began it.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater.platform.attribute_values import from_item, to_attribute
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import Conflict
from breakwater.platform.pagination import cursor_of, going_on, texts_of
from breakwater.platform.transaction import Write, write_together
from breakwater.workflows.bulk.bulk import Entry, Result
from breakwater.workflows.bulk.bulk_items import (
    ENTRY,
    KEY,
    SORT,
    WHOLE,
    entry_key,
    entry_of_item,
    entry_values,
    key_of,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class BulkEntries:
    """The table, entry by entry."""

    def __init__(
        self,
        client: "DynamoDBClient | Any",
        table: str,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._pause = pause

    def page(
        self, bulk_id: str, *, limit: int, cursor: str | None
    ) -> tuple[list[Entry], str | None]:
        """Entries in their order, and where to go on."""
        question = {"bulk": bulk_id}
        words: dict[str, Any] = {}
        if cursor:
            words["ExclusiveStartKey"] = key_of(bulk_id, texts_of(cursor, question, SORT)[0])
        with going_on(cursor):
            found, last = self._query(bulk_id, ENTRY, limit, words)
        return found, cursor_of({SORT: last[SORT]["S"]}, question) if last else None

    def following(self, bulk_id: str, position: int, size: int) -> list[Entry]:
        """Entries from this number on."""
        found, _ = self._query(bulk_id, entry_key(position), size, {}, above=True)
        return found

    def begin(self, bulk_id: str, entry: Entry, now: datetime) -> bool:
        """It is acted on from here on; False if it was begun before."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=key_of(bulk_id, entry_key(entry.number)),
                UpdateExpression="SET #result = :acting, #at = :at",
                ConditionExpression="#result = :notStarted",
                ExpressionAttributeNames={"#result": "result", "#at": "at"},
                ExpressionAttributeValues={
                    ":acting": {"S": Result.ACTING.value},
                    ":notStarted": {"S": Result.NOT_STARTED.value},
                    ":at": {"S": iso(now)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def give_back(self, bulk_id: str, entry: Entry) -> None:
        """Nothing was done: AWS was busy. It may be begun again."""
        self._client.update_item(
            TableName=self._table,
            Key=key_of(bulk_id, entry_key(entry.number)),
            UpdateExpression="SET #result = :notStarted REMOVE #at",
            ConditionExpression="#result = :acting",
            ExpressionAttributeNames={"#result": "result", "#at": "at"},
            ExpressionAttributeValues={
                ":acting": {"S": Result.ACTING.value},
                ":notStarted": {"S": Result.NOT_STARTED.value},
            },
        )

    def settle(self, bulk_id: str, entry: Entry) -> None:
        """What came of it, counted in the same moment."""
        said = {name: value for name, value in entry_values(entry).items() if value is not None}
        names = {f"#{name}": name for name in said}
        entry_update: Any = {
            "TableName": self._table,
            "Key": key_of(bulk_id, entry_key(entry.number)),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in said),
            "ConditionExpression": "#result = :acting",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {
                **{f":{name}": to_attribute(value) for name, value in said.items()},
                ":acting": {"S": Result.ACTING.value},
            },
        }
        bulk_update: Any = {
            "TableName": self._table,
            "Key": key_of(bulk_id, WHOLE),
            "UpdateExpression": "SET #position = :next ADD #counted :one",
            "ExpressionAttributeNames": {
                "#position": "position",
                "#counted": f"count_{entry.result.value}",
            },
            "ExpressionAttributeValues": {
                ":next": {"N": str(entry.number + 1)},
                ":one": {"N": "1"},
            },
        }
        write_together(
            self._client,
            [
                Write(action={"Update": one}, refused=lambda: _settled(entry))
                for one in (entry_update, bulk_update)
            ],
            pause=self._pause,
        )

    def _query(
        self,
        bulk_id: str,
        sort: str,
        size: int,
        words: dict[str, Any],
        *,
        above: bool = False,
    ) -> tuple[list[Entry], Any]:
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression=(
                "#key = :key AND #sort >= :sort"
                if above
                else "#key = :key AND begins_with(#sort, :sort)"
            ),
            ExpressionAttributeNames={"#key": KEY, "#sort": SORT},
            ExpressionAttributeValues={":key": {"S": bulk_id}, ":sort": {"S": sort}},
            ConsistentRead=True,
            Limit=size,
            **words,
        )
        found = [entry_of_item(from_item(item)) for item in answer["Items"]]
        return found, answer.get("LastEvaluatedKey")


def _settled(entry: Entry) -> Conflict:
    return Conflict(f"Somebody else has settled {entry.workflow_id} meanwhile.")
