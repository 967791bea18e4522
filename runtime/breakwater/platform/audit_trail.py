"""Reads the audit trail: by subject and by person, newest first, one Query per page."""

import json
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.pagination import cursor_of, position_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

[_BY_ACTOR] = contract.AUDIT_TRAIL.indexes


class AuditTrail:
    """The table, as readers see it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of_subject(
        self, subject: str, *, limit: int, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """What happened to it, and a cursor where there is more."""
        return self._query(None, contract.AUDIT_TRAIL.partition, subject, limit, cursor)

    def of_actor(
        self, actor: str, *, limit: int, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """What this person did, and a cursor where there is more."""
        return self._query(_BY_ACTOR.name, _BY_ACTOR.partition, actor, limit, cursor)

    def _query(
        self, index: str | None, key: str, value: str, limit: int, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        question = {key: value}
        words: dict[str, Any] = {"IndexName": index} if index else {}
        if cursor:
            words["ExclusiveStartKey"] = position_of(cursor, question)
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues={":value": {"S": value}},
            ScanIndexForward=False,
            Limit=limit,
            **words,
        )
        last = answer.get("LastEvaluatedKey")
        entries = [_entry(item) for item in answer["Items"]]
        return entries, cursor_of(last, question) if last else None


def _entry(item: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {name: value["S"] for name, value in item.items() if "S" in value}
    for name in ("before", "after"):
        if name in entry:
            entry[name] = json.loads(entry[name])
    return entry
