"""Goes through the index in pages. Calls Query on OpenIndex and StatusDateIndex."""

from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.index.row import ATTENTION, OPEN, Row
from breakwater.index.status import REDRIVABLE
from breakwater.index.sweep_ports import Position
from breakwater.platform.attribute_values import from_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OPEN_PAGE = 100  # most of them are only compared
ASKED_PAGE = 10  # each of these is asked for: a page must fit into the time that is left


class RowWalks:
    """The table, to the sweep."""

    redrivable = REDRIVABLE

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def open_rows(self, position: Position | None) -> tuple[list[Row], Position | None]:
        """All that are open."""
        return self._page(OPEN_PAGE, position, IndexName="OpenIndex", **_is("open", OPEN))

    def attention_rows(self, position: Position | None) -> tuple[list[Row], Position | None]:
        """All that ended, and about which something must still be found out."""
        return self._page(ASKED_PAGE, position, IndexName="OpenIndex", **_is("open", ATTENTION))

    def ended(
        self, status: str, ended_after: str, position: Position | None
    ) -> tuple[list[Row], Position | None]:
        """All that ended in this status since then."""
        question = _is("status", status)
        question["ExpressionAttributeNames"]["#stopDate"] = "stopDate"
        question["ExpressionAttributeValues"][":after"] = {"S": ended_after}
        return self._page(
            ASKED_PAGE,
            position,
            IndexName="StatusDateIndex",
            ScanIndexForward=False,
            FilterExpression="#stopDate >= :after",
            **question,
        )

    def _page(
        self, size: int, position: Position | None, **question: Any
    ) -> tuple[list[Row], Position | None]:
        if position:
            question["ExclusiveStartKey"] = position
        answer = self._client.query(TableName=self._table, Limit=size, **question)
        rows = [Row.from_values(from_item(item)) for item in answer["Items"] if _is_ours(item)]
        return rows, answer.get("LastEvaluatedKey")


def _is(key: str, value: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "#key = :value",
        "ExpressionAttributeNames": {"#key": key},
        "ExpressionAttributeValues": {":value": {"S": value}},
    }


def _is_ours(item: Any) -> bool:
    """An execution of Step Functions: of what others keep here, nobody there knows anything."""
    return item[contract.EXECUTION_INDEX.partition]["S"].startswith("arn:") and "revision" in item
