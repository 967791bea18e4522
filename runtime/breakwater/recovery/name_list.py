"""Lists in the order of names, however they are cased: Query of NameIndex, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from breakwater.contract import TableShape
from breakwater.platform.pagination import cursor_of, going_on, refused, texts_of
from breakwater.recovery import limits
from breakwater.recovery.folded_name import folded

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = TypeVar("Item")
INDEX = "NameIndex"
_NAME = "foldedName"
# DynamoDB reads 1 MB at a time; a Lambda function answers with at most 6 MB, as JSON within JSON.
_READS_PER_PAGE = 3


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
        """Up to `limit` entries after a cursor; names begin with `prefix`, however cased."""
        begin = folded(prefix)
        if len(begin.encode()) > limits.NAME_BYTES:  # no name does; DynamoDB would not take it
            return NamePage(items=[], next_cursor=None, partial=False)
        question = {"list": self.kind, "prefix": begin}
        start = self._start(cursor, question, begin) if cursor else None
        found: list[Mapping[str, Any]] = []
        for _ in range(_READS_PER_PAGE):
            with going_on(cursor):
                answer = client.query(**self._query(begin, start, limit - len(found)))
            found.extend(answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if start is None or len(found) >= limit:
                break
        return NamePage(
            items=[self.read(item) for item in found],
            next_cursor=cursor_of(
                {"id": start[self.shape.partition]["S"], "name": start[_NAME]["S"]}, question
            )
            if start
            else None,
            partial=start is not None and len(found) < limit,
        )

    def _query(self, begin: str, start: Any, limit: int) -> Any:
        query: dict[str, Any] = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "#kind = :kind",
            "ExpressionAttributeNames": {"#kind": "kind"},
            "ExpressionAttributeValues": {":kind": {"S": self.kind}},
            "Limit": limit,
        }
        if begin:
            query["KeyConditionExpression"] += " AND begins_with(#name, :prefix)"
            query["ExpressionAttributeNames"]["#name"] = _NAME
            query["ExpressionAttributeValues"][":prefix"] = {"S": begin}
        if start is not None:
            query["ExclusiveStartKey"] = start
        return query

    def _start(self, cursor: str, question: Mapping[str, Any], begin: str) -> dict[str, Any]:
        bearer, name = texts_of(cursor, question, "id", "name")
        if not name.startswith(begin):
            raise refused()
        return {self.shape.partition: {"S": bearer}, "kind": {"S": self.kind}, _NAME: {"S": name}}
