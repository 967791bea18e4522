"""Leases: all or none, by one run only, whatever the index knows and whoever comes in between."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from breakwater.recovery.engine.lease_holder import Held, LeaseHolder
from tests.unit.recovery.made import AT

pytestmark = pytest.mark.thorough

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MANY = [f"111122223333/eu-west-1/s-{number:017d}" for number in range(250)]


class BehindIndex:
    """DynamoDB whose index has not heard of anything yet."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def query(self, **_: Any) -> Any:
        return {"Items": []}


def holder(client: Any, *, over: bool = False) -> LeaseHolder:
    return LeaseHolder(client, "leases", lambda _: over)


def held(client: "DynamoDBClient") -> dict[str, str]:
    items = client.get_paginator("scan").paginate(TableName="leases").search("Items[]")
    return {item["server"]["S"]: item["executionId"]["S"] for item in items}


def test_a_conflict_in_the_last_batch_gives_all_back_even_what_the_index_has_not_seen(
    dynamodb: "DynamoDBClient",
) -> None:
    holder(dynamodb).take([MANY[-1]], "first", AT)
    with pytest.raises(Held, match="first"):
        holder(BehindIndex(dynamodb)).take(MANY, "second", AT)
    assert held(dynamodb) == {MANY[-1]: "first"}


def test_what_a_run_that_is_over_left_behind_is_taken_over_before_the_index_has_seen_it(
    dynamodb: "DynamoDBClient",
) -> None:
    holder(dynamodb).take(MANY[:3], "first", AT)
    holder(BehindIndex(dynamodb), over=True).take(MANY[:3], "second", AT)
    assert set(held(dynamodb).values()) == {"second"}


def test_taking_again_what_one_has_is_no_conflict(dynamodb: "DynamoDBClient") -> None:
    for _ in range(2):
        holder(dynamodb).take(MANY[:120], "first", AT)
    assert held(dynamodb) == dict.fromkeys(MANY[:120], "first")


@pytest.mark.parametrize("moment", range(4))
def test_of_two_runs_that_meet_at_any_moment_one_has_all_and_the_other_none(
    dynamodb: "DynamoDBClient", moment: int
) -> None:
    """The second comes before the n-th call of the first, and wants what the first wants last."""
    ended: dict[str, bool] = {}

    def takes(client: Any, run: str, keys: list[str]) -> None:
        try:
            holder(client).take(keys, run, AT)
            ended[run] = True
        except Held:
            ended[run] = False

    first = Interrupted(dynamodb, moment, lambda: takes(dynamodb, "second", MANY[90:]))
    takes(first, "first", MANY[:210])
    if "second" not in ended:  # the first had made all its calls by then
        takes(dynamodb, "second", MANY[90:])
    assert sorted(ended.values()) == [False, True]
    [winner] = [run for run, has in ended.items() if has]
    assert set(held(dynamodb).values()) == {winner}
    assert len(held(dynamodb)) == (210 if winner == "first" else 160)


class Interrupted:
    """Something happens before the n-th call."""

    def __init__(self, client: "DynamoDBClient", moment: int, happens: Callable[[], None]) -> None:
        self._client = client
        self._left = moment
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        if name != "exceptions":
            if self._left == 0:
                self._happens()
            self._left -= 1
        return getattr(self._client, name)
