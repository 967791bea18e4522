"""Reads the audit trail: by subject and by person, newest first, one Query per page."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.pagination import cursor_of, going_on, texts_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SUBJECT = contract.AUDIT_TRAIL.partition
_RECORDED = str(contract.AUDIT_TRAIL.sort)
[_BY_ACTOR] = contract.AUDIT_TRAIL.indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Records, newest first."""

    entries: list[dict[str, Any]]
    next_cursor: str | None
    partial: bool
    """Shorter than asked for, because its records are large."""


class AuditTrail:
    """The table, as readers see it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of_subject(self, subject: str, *, limit: int, cursor: str | None) -> AuditPage:
        """What happened to it."""
        return self._query(None, {_SUBJECT: subject}, (_RECORDED,), limit, cursor)

    def of_actor(self, actor: str, *, limit: int, cursor: str | None) -> AuditPage:
        """What this person did."""
        question = {_BY_ACTOR.partition: actor}
        return self._query(_BY_ACTOR.name, question, (_SUBJECT, _RECORDED), limit, cursor)

    def _query(
        self,
        index: str | None,
        question: dict[str, str],
        keys: tuple[str, ...],
        limit: int,
        cursor: str | None,
    ) -> AuditPage:
        [(key, value)] = question.items()
        words: dict[str, Any] = {"IndexName": index} if index else {}
        if cursor:
            place = zip(keys, texts_of(cursor, question, *keys), strict=True)
            words["ExclusiveStartKey"] = {
                name: {"S": text} for name, text in (*place, (key, value))
            }
        with going_on(cursor):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="#key = :value",
                ExpressionAttributeNames={"#key": key},
                ExpressionAttributeValues={":value": {"S": value}},
                ScanIndexForward=False,
                Limit=limit,
                **words,
            )
        last: Any = answer.get("LastEvaluatedKey")
        entries = [_entry(item) for item in answer["Items"]]
        after = {name: last[name]["S"] for name in keys} if last else None
        return AuditPage(
            entries=entries,
            next_cursor=cursor_of(after, question) if after else None,
            partial=after is not None and len(entries) < limit,
        )


def _entry(item: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {name: value["S"] for name, value in item.items() if "S" in value}
    # The key is the time and a sequence, so that no two records meet; people are told the time.
    entry[_RECORDED], _, entry["sequence"] = entry[_RECORDED].partition("#")
    for name in ("before", "after"):
        if name in entry:
            entry[name] = json.loads(entry[name])
    return entry
