"""Rows in DynamoDB: conditional, with their search items, and beside what others write."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from breakwater.index.day_book import ENDED, STARTED, DayBook
from breakwater.index.row import Row
from breakwater.index.row_table import RowTable
from breakwater.index.row_walks import RowWalks
from breakwater.index.rows import Overtaken
from breakwater.platform.attribute_values import to_item
from tests.unit.index.conftest import TABLE
from tests.unit.index.rows_made import row

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def table(dynamodb: "DynamoDBClient") -> RowTable:
    return RowTable(dynamodb, TABLE)


def stored(table: RowTable, key: str) -> dict[str, Any]:
    return dict(table.values([key])[key])


FULL = row(
    "full",
    search={"order.id": "A-17", "total": 12.5, "paid": True},
    duration_seconds=1.234,
    expires_at=1_800_000_000,
    conflict=[{"status": "FAILED", "stopDate": None}],
)


def test_a_row_comes_back_as_it_was_written(table: RowTable) -> None:
    table.write(FULL, after=None)
    assert table.read([FULL.execution_arn]) == {FULL.execution_arn: FULL}


def test_keys_of_indexes_stand_only_where_they_apply(table: RowTable) -> None:
    table.write(row("ended"), after=None)
    running = row("running", status="RUNNING", sla_target_seconds=90)
    table.write(running, after=None)
    ended = stored(table, row("ended").execution_arn)
    assert ended["stopDay"] == "2026-11-20"
    assert ended.keys().isdisjoint({"open", "deadline"})
    still = stored(table, running.execution_arn)
    assert (still["open"], still["deadline"]) == ("OPEN", "2026-11-20T00:01:21.000Z")
    assert "stopDay" not in still
    assert still["agentStatus"] == "orders#RUNNING"


@pytest.mark.parametrize("search", [None, {"order.id": "A"}])
def test_who_was_overtaken_writes_nothing(table: RowTable, search: dict[str, Any] | None) -> None:
    first = row("one", status="RUNNING", search=search)
    table.write(first, after=None)
    with pytest.raises(Overtaken):
        table.write(row("one", search=search), after=None)
    second = replace(first, revision=2, priority="high")
    table.write(second, after=first)
    with pytest.raises(Overtaken):
        table.write(replace(first, revision=2, priority="low"), after=first)
    assert table.read([first.execution_arn])[first.execution_arn].priority == "high"


def test_who_meets_a_transaction_was_overtaken(
    table: RowTable, dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_words: Any) -> Any:
        said: Any = {"Error": {"Code": "TransactionConflictException", "Message": "under way"}}
        raise dynamodb.exceptions.TransactionConflictException(said, "UpdateItem")

    table.write(row("one", status="RUNNING"), after=None)  # its days are noted
    monkeypatch.setattr(dynamodb, "update_item", busy)
    with pytest.raises(Overtaken):
        table.write(row("other", status="RUNNING"), after=None)


def test_what_others_wrote_into_the_item_stays(table: RowTable, dynamodb: "DynamoDBClient") -> None:
    one = row("one", status="RUNNING")
    key = {"executionArn": {"S": one.execution_arn}}
    dynamodb.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET note = :note",
        ExpressionAttributeValues={":note": {"S": "ask ada"}},
    )
    assert table.read([one.execution_arn]) == {}  # a note alone is no row
    table.write(one, after=None)
    table.write(replace(row("one"), revision=2), after=one)
    assert stored(table, one.execution_arn)["note"] == "ask ada"


def test_search_items_leave_with_their_row(table: RowTable) -> None:
    item = f"#SEARCH#{row('one').execution_arn}#order.id"
    running = row("one", status="RUNNING", search={"order.id": "A"})
    table.write(running, after=None)
    assert stored(table, item)["searchKey"] == "order.id=S:A"
    assert "expiresAt" not in stored(table, item)
    ended = replace(row("one", search={"order.id": "A"}), revision=2, expires_at=7)
    table.write(ended, after=running)
    assert stored(table, item)["expiresAt"] == 7
    table.write(replace(running, revision=3, redrive_count=1), after=ended)
    assert "expiresAt" not in stored(table, item)


def test_a_search_item_that_stays_as_it_is_is_not_paid_for_again(
    table: RowTable, dynamodb: "DynamoDBClient"
) -> None:
    one = row("one", search={"order.id": "A"})
    table.write(one, after=None)
    item = {"executionArn": {"S": f"#SEARCH#{one.execution_arn}#order.id"}}
    dynamodb.delete_item(TableName=TABLE, Key=item)
    table.write(replace(one, revision=2, priority="high"), after=one)
    assert "Item" not in dynamodb.get_item(TableName=TABLE, Key=item)


def test_days_are_noted_once_and_struck_out_when_empty(dynamodb: "DynamoDBClient") -> None:
    now = [0.0]
    book = DayBook(dynamodb, TABLE, seconds=lambda: now[0])
    book.note(started="2026-11-19", ended="2026-11-20")
    book.note(started="2026-11-20", ended=None)
    assert book.days(STARTED) == ["2026-11-20", "2026-11-19"]
    assert book.days(ENDED) == ["2026-11-20"]
    book.strike(STARTED, ["2026-11-19"])
    book.note(started="2026-11-19", ended=None)
    assert book.days(STARTED) == ["2026-11-20"]  # remembered: not written again
    now[0] = 4000.0
    book.note(started="2026-11-19", ended=None)
    assert book.days(STARTED) == ["2026-11-20", "2026-11-19"]


def test_more_keys_than_fit_into_one_read_are_read_all_the_same(table: RowTable) -> None:
    rows: list[Row] = [row("n-0"), row("n-129")]
    for one in rows:
        table.write(one, after=None)
    found = table.read([row(f"n-{n}").execution_arn for n in range(130)])
    assert found == {one.execution_arn: one for one in rows}


def test_the_sweep_walks_over_executions_and_passes_over_what_others_keep_here(
    table: RowTable, dynamodb: "DynamoDBClient"
) -> None:
    for one in (row("a", status="RUNNING"), row("b"), row("c", attention=["conflict"])):
        table.write(one, after=None)
    table.write(row("d", status="FAILED"), after=None)
    for key in ("custom.jenkins.7", "arn:aws:states:noted-only"):
        dynamodb.put_item(
            TableName=TABLE,
            Item=to_item({"executionArn": key, "open": "OPEN", "deadline": "9999"}),
        )
    walks = RowWalks(dynamodb, TABLE)
    found = [
        walks.open_rows(None),
        walks.attention_rows(None),
        walks.ended("FAILED", "2026-11-20", None),
        walks.ended("FAILED", "2026-11-21", None),
    ]
    assert [[r.execution_name for r in rows] for rows, _ in found] == [["a"], ["c"], ["d"], []]
