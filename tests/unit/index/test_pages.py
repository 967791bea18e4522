"""Pages: all of the answer, in order, each full; stable while rows are added; cursors checked."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from breakwater.index.pager import Answer, Pager
from breakwater.index.question import Question, question
from breakwater.index.row import Row
from breakwater.index.row_table import RowTable
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import BadRequest
from tests.unit.index.conftest import SHARED, TABLE
from tests.unit.index.rows_made import row
from tests.unit.index.world import START

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

HOUR = timedelta(hours=1)
STATUSES = ["SUCCEEDED", "FAILED", "RUNNING"]
ROWS: list[Row] = [
    row(
        f"{'ab'[n % 2]}-{n}",
        agent="shop" if n % 3 else "night",
        status=STATUSES[n % 5 % 3],
        at=START + 7 * n * HOUR,  # over some nine days, with a gap
        lasted=timedelta(hours=n % 4),
        search={"order.id": f"A-{n % 4}", "big": n > 20},
    )
    for n in range(60)
    if not 20 <= n < 34
]


@pytest.fixture(scope="module")
def pager(shared_dynamodb: "DynamoDBClient") -> Pager:
    table = RowTable(shared_dynamodb, SHARED)
    for one in ROWS:
        table.write(one, after=None)
    return Pager(shared_dynamodb, SHARED)


def pages(pager: Pager, asked: Question) -> Iterator[Answer]:
    cursor: str | None = None
    while True:
        answer = pager.page(asked, cursor)
        yield answer
        cursor = answer.next_cursor
        if cursor is None:
            return


def names(pager: Pager, asked: Question) -> list[str]:
    return [item["executionName"] for answer in pages(pager, asked) for item in answer.items]


def true_names(matching: Any, by: str = "start_date") -> list[str]:
    found = [one for one in ROWS if matching(one)]
    return [r.execution_name for r in sorted(found, key=lambda r: getattr(r, by), reverse=True)]


def moment_of(one: Row) -> datetime:
    return datetime.fromisoformat(one.start_date)


A, B = START + 30 * HOUR, START + 200 * HOUR
QUESTIONS: list[tuple[dict[str, Any], Any]] = [
    ({}, lambda r: True),
    ({"agent": "shop"}, lambda r: r.agent_name == "shop"),
    ({"status": "FAILED"}, lambda r: r.status == "FAILED"),
    (
        {"agent": "shop", "status": "FAILED"},
        lambda r: (r.agent_name, r.status) == ("shop", "FAILED"),
    ),
    ({"started": (A, B)}, lambda r: started(r, A, B)),
    (
        {"started": (A, None), "agent": "night"},
        lambda r: started(r, A, None) and r.agent_name == "night",
    ),
    ({"started": (moment_of(ROWS[4]), moment_of(ROWS[9]))}, lambda r: r in ROWS[4:9]),
    ({"name_prefix": "a-"}, lambda r: r.execution_name.startswith("a-")),
    ({"search": {"order.id": "A-2"}}, lambda r: r.search["order.id"] == "A-2"),
    (
        {"search": {"order.id": "A-2", "big": True}, "status": "SUCCEEDED"},
        lambda r: r.search == {"order.id": "A-2", "big": True} and r.status == "SUCCEEDED",
    ),
    ({"search": {"order.id": "nothing"}}, lambda r: False),
    ({"agent": "nobody"}, lambda r: False),
]


def started(one: Row, since: Any, until: Any) -> bool:
    moment = one.start_date
    return moment >= text(since) and (until is None or moment < text(until))


def text(moment: Any) -> str:
    return iso(moment)


@pytest.mark.parametrize("limit", [3, 50])
@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_page_after_page_is_exactly_the_answer_newest_first(
    pager: Pager, number: int, limit: int
) -> None:
    given, matching = QUESTIONS[number]
    asked = question(**given, limit=limit)
    assert names(pager, asked) == true_names(matching)
    *before, _last = pages(pager, asked)
    for answer in before:
        assert answer.partial == (len(answer.items) < limit)


@pytest.mark.parametrize("limit", [2, 50])
def test_what_ended_is_listed_in_the_order_of_the_ends(pager: Pager, limit: int) -> None:
    asked = question(ended=(A, B), status="FAILED", limit=limit)
    matching = true_names(
        lambda r: r.status == "FAILED" and r.stop_date and text(A) <= r.stop_date < text(B),
        by="stop_date",
    )
    found = names(pager, asked)
    assert sorted(found) == sorted(matching)
    ends = {r.execution_name: r.stop_date for r in ROWS}
    assert [ends[n] for n in found] == [ends[n] for n in matching]


def test_a_page_reads_no_more_than_itself_and_one(pager: Pager) -> None:
    for asked in (
        question(agent="shop", limit=10),
        question(status="FAILED", limit=5),
        question(limit=20),
    ):
        answer = pager.page(asked)
        assert len(answer.items) == asked.limit
        assert answer.read == asked.limit + 1


def test_the_last_page_knows_that_it_is(pager: Pager) -> None:
    exactly = len(true_names(lambda r: r.agent_name == "shop"))
    assert pager.page(question(agent="shop", limit=exactly)).next_cursor is None
    assert pager.page(question(limit=len(ROWS))).next_cursor is None


def test_after_ten_times_its_size_a_page_is_partial_and_goes_on(pager: Pager) -> None:
    asked = question(name_prefix="b-1", limit=2)
    seen = list(pages(pager, asked))
    assert any(answer.partial and answer.next_cursor for answer in seen)
    assert max(answer.read for answer in seen) <= 21
    expected = true_names(lambda r: r.execution_name.startswith("b-1"))
    assert [i["executionName"] for answer in seen for i in answer.items] == expected


def test_rows_that_are_added_do_not_shift_the_list(dynamodb: "DynamoDBClient") -> None:
    asked, rows = question(limit=2), [row(f"r-{n}", at=START + n * HOUR) for n in range(9)]
    for one in rows:
        RowTable(dynamodb, TABLE).write(one, after=None)
    expected = [one.execution_name for one in reversed(rows)]
    pager = Pager(dynamodb, TABLE)
    found: list[str] = []
    cursor: str | None = None
    for number in range(100):
        answer = pager.page(asked, cursor)
        found += [item["executionName"] for item in answer.items]
        newest = row(f"new-{number}", at=START + timedelta(days=60, hours=number))
        RowTable(dynamodb, TABLE).write(newest, after=None)
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert found == expected


def test_a_page_may_change_its_size_on_the_way(pager: Pager) -> None:
    first = pager.page(question(agent="shop", limit=3))
    rest = pager.page(question(agent="shop", limit=1000), first.next_cursor)
    found = [item["executionName"] for item in [*first.items, *rest.items]]
    assert found == true_names(lambda r: r.agent_name == "shop")


def forged(position: Any, cursor: str) -> str:
    content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    content["p"] = position
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "position",
    [
        {},
        {"executionArn": {"S": "x"}},
        {"executionArn": {"S": "x"}, "agentName": {"S": "shop"}, "startDate": {"N": "1"}},
        {"executionArn": {"S": "x"}, "agentName": {"S": "shop"}, "startDate": {"S": ""}},
        {"executionArn": {"S": "x"}, "agentName": {"S": "night"}, "startDate": {"S": "2026"}},
        {"executionArn": "x", "agentName": "shop", "startDate": "2026"},
    ],
)
def test_a_forged_cursor_is_a_400(pager: Pager, position: Any) -> None:
    asked = question(agent="shop", limit=2)
    cursor = pager.page(asked).next_cursor
    assert cursor
    with pytest.raises(BadRequest, match="cursor"):
        pager.page(asked, forged(position, cursor))


@pytest.mark.parametrize("cursor", ["x", "", "%%%", "e30", "a" * 5000, "ä"])
def test_a_cursor_that_is_none_is_a_400(pager: Pager, cursor: str) -> None:
    with pytest.raises(BadRequest, match="cursor"):
        pager.page(question(agent="shop"), cursor)


def test_a_cursor_of_another_question_is_a_400(pager: Pager) -> None:
    cursor = pager.page(question(agent="shop", limit=2)).next_cursor
    with pytest.raises(BadRequest, match="another question"):
        pager.page(question(agent="night", limit=2), cursor)


def test_one_execution_by_its_arn(pager: Pager) -> None:
    found = pager.get(ROWS[0].execution_arn)
    assert found
    assert found["executionName"] == ROWS[0].execution_name
    assert found.keys().isdisjoint({"open", "revision", "agentStatus"})
    assert pager.get("arn:nothing") is None
    assert pager.get("#DAYS") is None


def test_a_page_of_one_partition_is_one_call(
    pager: Pager, shared_dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    query = shared_dynamodb.query

    def counted(**words: Any) -> Any:
        calls.append(words["Limit"])
        return query(**words)

    monkeypatch.setattr(shared_dynamodb, "query", counted)
    assert len(pager.page(question(agent="shop", limit=5)).items) == 5
    assert calls == [6]
