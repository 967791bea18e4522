"""GET /health, the function itself, against an emulated DynamoDB."""

import importlib
import json
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from breakwater import contract
from tests.tables import make_table

CONTEXT = SimpleNamespace(
    function_name="health",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-1:111122223333:function:health",
    aws_request_id="r-1",
)


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The handler's module, freshly started, with all its tables there."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "health")
    monkeypatch.setenv(contract.ENVIRONMENT_VARIABLE, "dev")
    for table in contract.ALL_TABLES:
        monkeypatch.setenv(table.variable, f"table-{table.name}")
    with mock_aws():
        for table in contract.ALL_TABLES:
            make_table(boto3.client("dynamodb"), f"table-{table.name}", table)
        sys.modules.pop("breakwater.handlers.health", None)
        yield importlib.import_module("breakwater.handlers.health")


def ask(handler: ModuleType) -> tuple[int, dict[str, Any]]:
    answer = handler.handler({}, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def test_it_is_ready_when_all_tables_are_there(handler: ModuleType) -> None:
    status, body = ask(handler)
    assert status == 200
    assert body["environment"] == "dev"
    assert [part["name"] for part in body["parts"]] == [t.name for t in contract.ALL_TABLES]
    assert {part["status"] for part in body["parts"]} == {"ready"}


def test_a_table_that_is_gone_is_named_with_503(handler: ModuleType) -> None:
    boto3.client("dynamodb").delete_table(TableName="table-auditTrail")
    status, body = ask(handler)
    assert status == 503
    assert [part for part in body["parts"] if part["status"] != "ready"] == [
        {"name": "auditTrail", "status": "notReady", "problem": "does not exist"}
    ]


def test_one_answer_serves_all_who_ask_within_ten_seconds(
    handler: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(handler.time, "monotonic", lambda: now)
    assert ask(handler)[0] == 200
    boto3.client("dynamodb").delete_table(TableName="table-requests")
    now += 10.0
    assert ask(handler)[0] == 200
    now += 0.1
    assert ask(handler)[0] == 503


def test_a_dynamodb_that_does_not_answer_is_not_ready(
    handler: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(**_: str) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(handler._dynamodb, "describe_table", silent)
    status, body = ask(handler)
    assert status == 503
    assert {part["problem"] for part in body["parts"]} == {"no answer"}


def test_an_answer_is_never_cached_on_its_way(handler: ModuleType) -> None:
    assert handler.handler({}, CONTEXT)["headers"]["cache-control"] == "no-store"
