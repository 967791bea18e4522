"""A token bucket per caller, against an emulated DynamoDB."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from breakwater import contract
from breakwater.platform.http.errors import TooManyRequests
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from tests.examples import examples
from tests.tables import make_table

ALLOWANCE = Allowance(per_second=2.0, burst=4)
NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client(
            "dynamodb",
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        make_table(client, "requests", contract.REQUESTS)
        yield client


@pytest.fixture
def limit(table: Any, request: pytest.FixtureRequest) -> RateLimit:
    return RateLimit(table, "requests", ALLOWANCE)


def taken(limit: RateLimit, caller: str, times: list[float]) -> list[bool]:
    results = []
    for moment in times:
        try:
            limit.take(caller, NOW + moment)
            results.append(True)
        except TooManyRequests:
            results.append(False)
    return results


def test_a_burst_is_let_through_and_then_no_more(limit: RateLimit) -> None:
    assert taken(limit, "burst", [0.0] * 6) == [True] * 4 + [False] * 2


def test_tokens_come_back_with_time(limit: RateLimit) -> None:
    assert taken(limit, "time", [0.0] * 5 + [0.5, 0.5, 1.0]) == [True] * 4 + [
        False,
        True,
        False,
        True,
    ]


def test_after_a_pause_the_whole_burst_is_there_again(limit: RateLimit) -> None:
    assert taken(limit, "pause", [0.0] * 5 + [100.0] * 5) == ([True] * 4 + [False]) * 2


def test_one_caller_does_not_pay_for_another(limit: RateLimit) -> None:
    assert taken(limit, "loud", [0.0] * 5)[-1] is False
    assert taken(limit, "quiet", [0.0]) == [True]


def test_a_refusal_says_how_long_to_wait_and_waiting_helps(limit: RateLimit) -> None:
    taken(limit, "wait", [0.0] * 4)
    with pytest.raises(TooManyRequests) as refused:
        limit.take("wait", NOW)
    seconds = int(refused.value.headers["Retry-After"])
    assert seconds >= 1
    assert taken(limit, "wait", [float(seconds)]) == [True]


def test_of_several_who_find_the_bucket_full_at_once_nobody_is_refused(
    table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a page does that opens with four questions. All ask first whether it is full."""
    limit = RateLimit(table, "requests", ALLOWANCE)
    all_have_asked, update = threading.Barrier(4), table.update_item
    one_after_the_other, first = threading.Lock(), threading.local()

    def together(**what: Any) -> Any:
        try:
            with one_after_the_other:
                return update(**what)
        finally:
            if not getattr(first, "asked", False):
                first.asked = True
                all_have_asked.wait(timeout=60)

    with monkeypatch.context() as patched, ThreadPoolExecutor(4) as pool:
        patched.setattr(table, "update_item", together)
        assert list(pool.map(lambda _: taken(limit, "page", [0.0]), range(4))) == [[True]] * 4
    assert taken(limit, "page", [0.0]) == [False]


def test_an_empty_bucket_costs_one_write(table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, update = RateLimit(table, "requests", ALLOWANCE), table.update_item
    writes: list[Any] = []

    def counted(**what: Any) -> Any:
        writes.append(what)
        return update(**what)

    taken(limit, "empty", [0.0] * 4)
    monkeypatch.setattr(table, "update_item", counted)
    assert taken(limit, "empty", [0.0]) == [False]
    assert len(writes) == 1


def test_a_bucket_leaves_by_itself(limit: RateLimit, table: Any) -> None:
    limit.take("gone", NOW)
    item = table.get_item(TableName="requests", Key={"idempotencyKey": {"S": "RATE#gone"}})["Item"]
    assert int(item["expiresAt"]["N"]) == int(NOW) + 3600


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=30), st.uuids())
def test_never_more_than_the_burst_and_what_time_has_brought(
    limit: RateLimit, moments: list[float], caller: Any
) -> None:
    times = sorted(moments)
    results = taken(limit, str(caller), times)
    passed = [moment for moment, ok in zip(times, results, strict=True) if ok]
    for start in passed:
        for end in (moment for moment in passed if moment >= start):
            within = sum(start <= moment <= end for moment in passed)
            assert within <= ALLOWANCE.burst + (end - start) * ALLOWANCE.per_second + 1e-6
