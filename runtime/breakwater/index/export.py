"""Rows as JSON lines in S3, by the day on which they started, for analytics elsewhere.

Calls Query (through the pager) and PutObject. Objects are
`<prefix>/day=2026-11-20/part-00000.jsonl.gz`, at most PART_ROWS rows each, so memory does not grow
with the day. Days are exported whole, whatever the hour at which the period begins or ends:
exporting one again replaces its objects with what is true now, and loses none of its rows.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater.index.day_book import STARTED, DayBook
from breakwater.index.pager import Pager
from breakwater.index.question import LARGEST_PAGE, Period, Question

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

PART_ROWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One object."""

    day: str
    key: str
    rows: int


class Export:
    """Writes days into a bucket."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, s3: "S3Client", *, bucket: str, prefix: str
    ) -> None:
        self._pager = Pager(dynamodb, table)
        self._book = DayBook(dynamodb, table)
        self._s3 = s3
        self._bucket = bucket
        self._prefix = prefix.strip("/")

    def run(self, period: Period, part_rows: int = PART_ROWS) -> Iterator[Exported]:
        """Each object as it is written, of each day that the period touches, the oldest first."""
        for day in reversed([day for day in self._book.days(STARTED) if period.touches(day)]):
            buffer: list[bytes] = []
            number = 0
            for row in self._rows(day):
                buffer.append(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n")
                if len(buffer) == part_rows:
                    yield self._put(day, number, buffer)
                    buffer, number = [], number + 1
            if buffer:
                yield self._put(day, number, buffer)

    def _rows(self, day: str) -> Iterator[dict[str, Any]]:
        asked = Question(started=_whole(day), limit=LARGEST_PAGE)
        cursor: str | None = None
        while True:
            answer = self._pager.page(asked, cursor)
            yield from answer.items
            cursor = answer.next_cursor
            if cursor is None:
                return

    def _put(self, day: str, number: int, lines: list[bytes]) -> Exported:
        name = f"day={day}/part-{number:05}.jsonl.gz"
        key = f"{self._prefix}/{name}" if self._prefix else name
        self._s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=gzip.compress(b"".join(lines)),
            ContentType="application/x-ndjson",
            ContentEncoding="gzip",
        )
        return Exported(day=day, key=key, rows=len(lines))


def _whole(day: str) -> Period:
    """From its beginning to its end."""
    return Period(since=f"{day}T00:00:00.000Z", until=f"{day}T24:00:00.000Z")
