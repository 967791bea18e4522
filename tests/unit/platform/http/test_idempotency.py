"""The same request twice: one answer, one piece of work. Against an emulated DynamoDB."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from breakwater.platform.http.errors import BadRequest, Conflict
from breakwater.platform.http.idempotency import Idempotency
from tests.tables import make_table

CONTEXT = cast(
    Any, SimpleNamespace(get_remaining_time_in_millis=lambda: 29_000, aws_request_id="r")
)


class Work:
    """Counts how often it was done."""

    def __init__(self, status: int = 201) -> None:
        self.status = status
        self.done = 0

    def __call__(self) -> dict[str, Any]:
        self.done += 1
        return {"statusCode": self.status, "body": json.dumps({"number": self.done})}


@pytest.fixture
def idempotency(monkeypatch: pytest.MonkeyPatch) -> Iterator[Idempotency]:
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        make_table(boto3.client("dynamodb"), "requests", contract.REQUESTS)
        yield Idempotency("requests")


def test_the_second_time_the_first_answer_is_given_and_nothing_is_done(
    idempotency: Idempotency,
) -> None:
    work = Work()
    answers = [idempotency.once("k", "me", '{"a": 1}', work, CONTEXT) for _ in range(3)]
    assert work.done == 1
    assert answers[0] == answers[1] == answers[2]


def test_another_body_under_the_same_key_is_a_conflict(idempotency: Idempotency) -> None:
    work = Work()
    idempotency.once("k", "me", '{"a": 1}', work, CONTEXT)
    with pytest.raises(Conflict, match="used with another body"):
        idempotency.once("k", "me", '{"a": 2}', work, CONTEXT)
    assert work.done == 1


def test_the_same_body_written_otherwise_is_the_same_body(idempotency: Idempotency) -> None:
    work = Work()
    idempotency.once("k", "me", '{"a": 1, "b": 2}', work, CONTEXT)
    idempotency.once("k", "me", '{ "b":2,"a":1 }', work, CONTEXT)
    assert work.done == 1


def test_a_key_of_another_caller_or_route_is_another_key(idempotency: Idempotency) -> None:
    work = Work()
    idempotency.once("k", "me POST /a", "{}", work, CONTEXT)
    idempotency.once("k", "you POST /a", "{}", work, CONTEXT)
    idempotency.once("k", "me POST /b", "{}", work, CONTEXT)
    assert work.done == 3


@pytest.mark.parametrize("status", [400, 409, 422, 500])
def test_a_refusal_is_not_remembered(idempotency: Idempotency, status: int) -> None:
    work = Work(status)
    assert idempotency.once("k", "me", "{}", work, CONTEXT)["statusCode"] == status
    work.status = 201
    assert idempotency.once("k", "me", "{}", work, CONTEXT)["statusCode"] == 201
    assert work.done == 2


def test_while_the_work_is_done_the_same_request_is_told_to_wait(idempotency: Idempotency) -> None:
    inner: list[str] = []

    def work() -> dict[str, Any]:
        with pytest.raises(Conflict, match="being worked on") as refused:
            idempotency.once("k", "me", "{}", Work(), CONTEXT)
        inner.append(refused.value.message)
        return {"statusCode": 202, "body": "{}"}

    idempotency.once("k", "me", "{}", work, CONTEXT)
    assert len(inner) == 1


def test_work_that_breaks_gives_its_key_back(idempotency: Idempotency) -> None:
    def broken() -> dict[str, Any]:
        raise RuntimeError("midway")

    with pytest.raises(RuntimeError):
        idempotency.once("k", "me", "{}", broken, CONTEXT)
    assert idempotency.once("k", "me", "{}", Work(), CONTEXT)["statusCode"] == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "k" * 129, "a\nb"])
def test_a_key_that_is_none_is_refused(idempotency: Idempotency, key: str) -> None:
    with pytest.raises(BadRequest, match="1 to 128 visible ASCII"):
        idempotency.once(key, "me", "{}", Work(), CONTEXT)
