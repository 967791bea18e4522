"""Rows in DynamoDB. Calls BatchGetItem, UpdateItem; TransactWriteItems where there is search.

Each search attribute of a row is an item of its own beside it, `#SEARCH#<ARN>#<path>`, because an
index of DynamoDB finds one value per item. They are written in the transaction that writes the
row, so a search finds what the row says. They leave with the row: `expiresAt` is the same.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.index.day_book import DayBook
from breakwater.index.lifted import search_key
from breakwater.index.row import Row
from breakwater.index.rows import Overtaken
from breakwater.platform.attribute_values import from_item, to_attribute, to_item
from breakwater.platform.batch_reading import items_of
from breakwater.platform.http.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = contract.EXECUTION_INDEX.partition
SEARCH_PREFIX = "#SEARCH#"


class Throttled(Unavailable):
    """DynamoDB did not answer for all keys; it is worth trying later."""


class RowTable:
    """The table, to whoever writes lifecycles."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._days = DayBook(client, table)

    def read(self, arns: Collection[str], *, now: bool = True) -> Mapping[str, Row]:
        """The rows that there are.

        :param now: as they are at this moment; False: perhaps a moment ago, at half the price.
        """
        return {
            arn: Row.from_values(values)
            for arn, values in self.values(arns, now=now).items()
            if "revision" in values  # an item that somebody only annotated is no row yet
        }

    def values(self, arns: Collection[str], *, now: bool = True) -> Mapping[str, dict[str, Any]]:
        """The items, with the attributes of others."""
        keys = [{KEY: {"S": arn}} for arn in sorted(set(arns))]
        items = items_of(self._client, self._table, keys, now=now, unread=_unread)
        return {item[KEY]["S"]: from_item(item) for item in items}

    def write(self, row: Row, *, after: Row | None) -> None:
        """Make the row so, if it is still as it was read; else Overtaken."""
        self._days.note(started=row.start_date[:10], ended=(row.stop_date or "")[:10] or None)
        update = self._update(row, after)
        entries = list(self._search_entries(row, after))
        if not entries:
            try:
                self._client.update_item(**update)
            except (
                self._client.exceptions.ConditionalCheckFailedException,
                self._client.exceptions.TransactionConflictException,
            ) as overtaken:
                raise Overtaken(row.execution_arn) from overtaken
            return
        try:
            self._client.transact_write_items(TransactItems=[{"Update": update}, *entries])
        except self._client.exceptions.TransactionCanceledException as cancelled:
            codes = {
                reason.get("Code") for reason in cancelled.response.get("CancellationReasons", [])
            }
            if codes & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise Overtaken(row.execution_arn) from cancelled
            raise

    def _update(self, row: Row, after: Row | None) -> Any:
        values = row.to_values()
        arn = values.pop(KEY)
        names = {f"#{name}": name for name in values}
        kept = {name: value for name, value in values.items() if value is not None}
        gone = [f"#{name}" for name, value in values.items() if value is None]
        sets = ", ".join(f"#{name} = :{name}" for name in kept)
        update: dict[str, Any] = {
            "TableName": self._table,
            "Key": {KEY: {"S": arn}},
            "UpdateExpression": f"SET {sets}" + (f" REMOVE {', '.join(gone)}" if gone else ""),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {
                f":{name}": to_attribute(value) for name, value in kept.items()
            },
            "ConditionExpression": "attribute_not_exists(#revision)",
        }
        if after is not None:
            update["ConditionExpression"] = "#revision = :before"
            update["ExpressionAttributeValues"][":before"] = {"N": str(after.revision)}
        return update

    def _search_entries(self, row: Row, after: Row | None) -> Iterator[Any]:
        """Those that are new, or that leave at another time than before."""
        for path, value in (row.search or {}).items():
            known = after is not None and (after.search or {}).get(path) == value
            if known and after is not None and after.expires_at == row.expires_at:
                continue
            entry = {
                KEY: f"{SEARCH_PREFIX}{row.execution_arn}#{path}",
                "searchKey": search_key(path, value),
                "startDate": row.start_date,
                **({"expiresAt": row.expires_at} if row.expires_at is not None else {}),
            }
            yield {"Put": {"TableName": self._table, "Item": to_item(entry)}}


def execution_of(search_item: str) -> str:
    """The execution that an item `#SEARCH#<ARN>#<path>` belongs to."""
    return search_item.removeprefix(SEARCH_PREFIX).partition("#")[0]


def _unread(count: int) -> Throttled:
    return Throttled(f"DynamoDB left {count} keys of the index unread. Try again.")
