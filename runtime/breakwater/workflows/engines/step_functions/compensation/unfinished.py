"""Cancels whose compensation has not succeeded yet, found by one question however much has run.

A note of one stands in StatusDateIndex among those that are COMPENSATING, under the start of the
execution that it is about. It leaves when it is settled. Calls Query on StatusDateIndex and
BatchGetItem.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater.index.row_table import RowTable
from breakwater.index.status import ABORTED, ENDS, SUCCEEDED
from breakwater.platform.attribute_values import from_item
from breakwater.workflows.engines.step_functions.compensation.note import (
    COMPENSATING,
    PREFIX,
    CompensationNote,
    note_of,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MOST = 1000
_PAGE = 100  # of BatchGetItem
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A note with what the index knows of both executions."""

    execution_arn: str
    note: CompensationNote
    row: Row | None
    """Of the execution; None: it has left the index."""

    started: Row | None
    """Of the compensating one; None: not started, or not heard of yet."""

    @property
    def is_under_way(self) -> bool:
        """It is stopped, and not made good again."""
        if self.row is None or self._redrives != self.note.redrives:
            return False
        return self.row["status"] == ABORTED and not self._has_succeeded

    @property
    def is_settled(self) -> bool:
        """There is nothing left to make good again; of what still runs, that is not known."""
        if self.row is None or self._redrives > self.note.redrives or self._has_succeeded:
            return True
        return self.row["status"] in ENDS - {ABORTED}

    @property
    def _redrives(self) -> int:
        return int((self.row or {}).get("redriveCount") or 0)

    @property
    def _has_succeeded(self) -> bool:
        return self.started is not None and self.started.get("status") == SUCCEEDED


class UnfinishedCompensations:
    """The index's table, asked for them."""

    def __init__(self, client: "DynamoDBClient | Any", table: str) -> None:
        self._client = client
        self._table = table
        self._rows = RowTable(client, table)

    def under_way(self) -> tuple[int, bool]:
        """How many are, and whether there are more than were counted."""
        found, read = 0, 0
        for page in self.pages():
            found += sum(one.is_under_way for one in page)
            read += len(page)
        return found, read >= MOST

    def pages(self) -> Iterator[list[Unfinished]]:
        """MOST of them, those that started last first."""
        more: dict[str, Any] = {}
        for _ in range(MOST // _PAGE):
            answer = self._client.query(
                TableName=self._table,
                IndexName="StatusDateIndex",
                KeyConditionExpression="#status = :status",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":status": {"S": COMPENSATING}},
                ScanIndexForward=False,
                Limit=_PAGE,
                **more,
            )
            if answer["Items"]:
                yield self._with_rows([from_item(item) for item in answer["Items"]])
            if "LastEvaluatedKey" not in answer:
                return
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _with_rows(self, items: list[dict[str, Any]]) -> list[Unfinished]:
        notes = {item["executionArn"].removeprefix(PREFIX): note_of(item) for item in items}
        started = {note.started for note in notes.values() if note.started}
        rows = self._rows.values({*notes, *started}, now=False)
        return [
            Unfinished(
                execution_arn=arn,
                note=note,
                row=rows.get(arn),
                started=rows.get(note.started) if note.started else None,
            )
            for arn, note in notes.items()
        ]
