"""Strikes days out of the day book whose rows have all left. Calls Query, with a page of one."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from breakwater.index.day_book import ENDED, STARTED, DayBook

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_MOST = 10  # per sweep: it is no hurry
_INDEX = {STARTED: ("StartDayIndex", "startDay"), ENDED: ("StopDayIndex", "stopDay")}
_LATE = timedelta(days=7)  # DynamoDB drops expired items within days, not at the hour


def prune(
    client: "DynamoDBClient", table: str, keep_days: int | None, now: datetime
) -> dict[str, list[str]]:
    """Look at the oldest days that may be empty by now; returns those that were."""
    if keep_days is None:
        return {}
    book = DayBook(client, table)
    before = (now - timedelta(days=keep_days) - _LATE).date().isoformat()
    struck: dict[str, list[str]] = {}
    for kind, (index, key) in _INDEX.items():
        old = [day for day in reversed(book.days(kind)) if day < before][:_MOST]
        empty = [day for day in old if not _has_rows(client, table, index, key, day)]
        book.strike(kind, empty)
        if empty:
            struck[kind] = empty
    return struck


def _has_rows(client: "DynamoDBClient", table: str, index: str, key: str, day: str) -> bool:
    answer = client.query(
        TableName=table,
        IndexName=index,
        KeyConditionExpression="#key = :day",
        ExpressionAttributeNames={"#key": key},
        ExpressionAttributeValues={":day": {"S": day}},
        Limit=1,
        Select="COUNT",
    )
    return answer["Count"] > 0
