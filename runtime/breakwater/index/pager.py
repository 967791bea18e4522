"""Fills a page. Calls Query; GetItem for the day book; BatchGetItem for what search finds.

A page is full unless it is the last, or unless ten times its size was read to fill it: then it is
`partial` and its cursor goes on where reading stopped. A cursor is the place of a row in its index,
so a list does not shift when rows are added at its head.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.index.day_book import ENDED, STARTED, DayBook
from breakwater.index.plan import Plan, parts, passes, plan
from breakwater.index.question import Period, Question
from breakwater.index.row import shown
from breakwater.index.row_table import RowTable, execution_of
from breakwater.platform.attribute_values import from_item
from breakwater.platform.http.errors import BadRequest
from breakwater.platform.pagination import cursor_of, position_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MOST_READ = 10  # times the size of the page
_KEY = contract.EXECUTION_INDEX.partition
_AFTER = "￿"  # sorts after every text of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page of rows."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    partial: bool
    """Not full, and yet not the last."""

    read: int
    """How many items of the table were read for it."""

    def to_json(self) -> dict[str, Any]:
        """As lists are answered everywhere."""
        return {"items": self.items, "nextCursor": self.next_cursor, "partial": self.partial}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows with their places, for whoever merges several lists."""

    found: list[tuple[dict[str, Any], dict[str, Any]]]
    """Each row, and where it stands in its index."""

    after: dict[str, Any] | None
    """Where to go on; None at the end."""

    read: int


class Pager:
    """The index, as readers ask it."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._rows = RowTable(client, table)
        self._book = DayBook(client, table)

    def get(self, execution_arn: str) -> dict[str, Any] | None:
        """One execution; None if the index does not have it."""
        found = self._rows.values([execution_arn]).get(execution_arn)
        return shown(found) if found and not execution_arn.startswith("#") else None

    def page(self, asked: Question, cursor: str | None = None) -> Answer:
        """A page of the answer; BadRequest for a cursor that is none of this question's."""
        question = _question(asked)
        # An empty cursor is a script's lost one: beginning again in silence would never end.
        batch = self.batch(asked, position_of(cursor, question) if cursor is not None else None)
        return Answer(
            items=[row for row, _ in batch.found],
            next_cursor=cursor_of(batch.after, question) if batch.after else None,
            partial=batch.after is not None and len(batch.found) < asked.limit,
            read=batch.read,
        )

    def batch(self, asked: Question, after: Mapping[str, Any] | None = None) -> Batch:
        """The same as places: what follows this one. BadRequest for a place that is none."""
        chosen = plan(asked)
        position = _checked(dict(after), chosen) if after is not None else None
        reading = _Reading(limit=asked.limit, chosen=chosen)
        days: list[str] = []
        if chosen.is_by_day:
            days = self._book.days(ENDED if chosen.partition == "stopDay" else STARTED)
        part_reached = position[chosen.partition]["S"] if position else None
        left = parts(chosen, days, part_reached)
        while left:
            part = left.pop(0)
            start = position if part == part_reached else None
            if self._read_part(part, start, reading, further=bool(left)):
                break
        return reading.batch()

    def _read_part(self, part: str, start: Any, reading: "_Reading", *, further: bool) -> bool:
        """Read until the page is full, enough was read, or the part ends; True: stop here.

        :param further: there are more parts after this one.
        """
        while True:
            answer = self._query(part, start, reading)
            found = [from_item(item) for item in answer["Items"]]
            reading.take(found, self._rows_of(found, reading.chosen))
            start = answer.get("LastEvaluatedKey")
            if reading.is_over(more=start is not None or further):
                return True
            if start is None:
                return False

    def _query(self, part: str, start: Any, reading: "_Reading") -> Any:
        chosen = reading.chosen
        names = {"#part": chosen.partition}
        values = {":part": {"S": part}}
        condition = "#part = :part"
        if chosen.period:
            since, until = _bounds(chosen.period)
            names["#sort"] = chosen.sort
            values |= {":since": {"S": since}, ":until": {"S": until}}
            condition += " AND #sort BETWEEN :since AND :until"
        words: dict[str, Any] = {"ExclusiveStartKey": start} if start else {}
        try:
            return self._client.query(
                TableName=self._table,
                IndexName=chosen.index,
                KeyConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ScanIndexForward=False,
                Limit=reading.next_size(),
                **words,
            )
        except ClientError as error:
            if start and error.response["Error"]["Code"] == "ValidationException":
                raise _no_cursor() from error  # a place outside the question's own period
            raise

    def _rows_of(self, found: list[dict[str, Any]], chosen: Plan) -> Mapping[str, dict[str, Any]]:
        """Key of an item of the index → its row."""
        if not chosen.through_search:
            return {item[_KEY]: item for item in found}
        rows = self._rows.values({execution_of(item[_KEY]) for item in found}, now=False)
        return {item[_KEY]: rows.get(execution_of(item[_KEY]), {}) for item in found}


class _Reading:
    """A page that is being filled."""

    def __init__(self, *, limit: int, chosen: Plan) -> None:
        self.chosen = chosen
        self._limit = limit
        self._items: list[dict[str, Any]] = []
        self._places: list[dict[str, Any]] = []
        self._last: dict[str, Any] | None = None
        self._read = 0
        self._rounds = 0
        self._more = False

    def next_size(self) -> int:
        """How many items to read now: the page and one to see whether there are more; where much
        is filtered out, more each time.
        """
        wanted = self._limit + 1 - len(self._items)
        if self.chosen.filters:
            wanted = max(wanted, self._limit * 2**self._rounds)
        self._rounds += 1
        return max(1, min(wanted, self._limit * MOST_READ + 1 - self._read))

    def take(self, found: list[dict[str, Any]], rows: Mapping[str, dict[str, Any]]) -> None:
        """Sort out what was read."""
        for item in found:
            self._read += 1
            place = _place(item, self.chosen)
            row = rows[item[_KEY]]
            if len(self._items) > self._limit:
                break
            self._last = place
            if row and passes(row, self.chosen.filters):
                self._items.append(shown(row))
                self._places.append(place)

    def is_over(self, *, more: bool) -> bool:
        """The page is full and we know whether there are more, or enough was read."""
        self._more = more
        return len(self._items) > self._limit or (more and self._read >= self._limit * MOST_READ)

    def batch(self) -> Batch:
        """The page."""
        found = list(zip(self._items, self._places, strict=True))[: self._limit]
        if len(self._items) > self._limit:
            after: dict[str, Any] | None = self._places[self._limit - 1]
        else:
            after = self._last if self._more else None
        return Batch(found=found, after=after, read=self._read)


def _place(item: Mapping[str, Any], chosen: Plan) -> dict[str, Any]:
    """Where this item stands in its index, as DynamoDB takes it."""
    return {key: {"S": item[key]} for key in (_KEY, chosen.partition, chosen.sort)}


def _bounds(period: Period) -> tuple[str, str]:
    """Both included, as BETWEEN has it: the end is the last moment before `until`."""
    until = f"{period.until[:-1]}" if period.until else _AFTER
    return period.since or " ", until


def _question(asked: Question) -> dict[str, Any]:
    """What a cursor is good for: the question, whatever the size of its pages."""
    return {name: value for name, value in asdict(asked).items() if name != "limit"}


def _checked(position: dict[str, Any], chosen: Plan) -> dict[str, Any]:
    """A place in this plan's index: what comes from outside may be anything."""
    wanted = {_KEY, chosen.partition, chosen.sort}
    whole = position.keys() == wanted and all(
        isinstance(value, dict)
        and value.keys() == {"S"}
        and isinstance(value["S"], str)
        and 0 < len(value["S"]) <= 1024
        for value in position.values()
    )
    if whole and chosen.values is not None:
        whole = position[chosen.partition]["S"] in chosen.values
    if not whole:
        raise _no_cursor()
    return position


def _no_cursor() -> BadRequest:
    return BadRequest(
        "The cursor is none that was given out. Begin again without one.",
        details=[{"place": "cursor", "problem": "is none that was given out"}],
    )
