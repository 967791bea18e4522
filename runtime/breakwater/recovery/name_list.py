"""Lists in the order of names: Query of NameIndex, page by page, with cursors of ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from breakwater.contract import TableShape
from breakwater.platform.http.errors import BadRequest
from breakwater.platform.pagination import cursor_of, position_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = TypeVar("Item")
INDEX = "NameIndex"
# DynamoDB reads 1 MB at a time; a Lambda function answers with at most 6 MB.
_READS_PER_PAGE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePage(Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None
    partial: bool
    """Shorter than asked for, because its entries are large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameList(Generic[Item]):
    """All entries of one kind, by name. Costs one Query per megabyte read."""

    table: str
    shape: TableShape
    kind: str
    read: Callable[[Mapping[str, Any]], Item]

    def page(
        self, client: "DynamoDBClient", *, prefix: str, cursor: str | None, limit: int
    ) -> NamePage[Item]:
        """Up to `limit` entries after a cursor; names begin with `prefix`, cased as it is."""
        question = {"list": self.kind, "prefix": prefix}
        start = self._start(cursor, question, prefix) if cursor else None
        found: list[Mapping[str, Any]] = []
        for _ in range(_READS_PER_PAGE):
            answer = client.query(**self._query(prefix, start, limit - len(found)))
            found.extend(answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if start is None or len(found) >= limit:
                break
        return NamePage(
            items=[self.read(item) for item in found],
            next_cursor=cursor_of(
                {"id": start[self.shape.partition]["S"], "name": start["name"]["S"]}, question
            )
            if start
            else None,
            partial=start is not None and len(found) < limit,
        )

    def _query(self, prefix: str, start: Any, limit: int) -> Any:
        query: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "#kind = :kind",
            "ExpressionAttributeNames": {"#kind": "kind"},
            "ExpressionAttributeValues": {":kind": {"S": self.kind}},
            "Limit": limit,
        }
        if prefix:
            query["KeyConditionExpression"] += " AND begins_with(#name, :prefix)"
            query["ExpressionAttributeNames"]["#name"] = "name"
            query["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
        if start is not None:
            query["ExclusiveStartKey"] = start
        return query

    def _start(self, cursor: str, question: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        match position_of(cursor, question):
            case {"id": str(id), "name": str(name)} if id and name and name.startswith(prefix):
                return {
                    self.shape.partition: {"S": id},
                    "kind": {"S": self.kind},
                    "name": {"S": name},
                }
        raise BadRequest(
            "The cursor is none that was given out. Begin again without one.",
            details=[{"place": "cursor", "problem": "is none that was given out"}],
        )
