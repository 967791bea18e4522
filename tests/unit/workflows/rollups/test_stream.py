"""Records of the index table's stream, and the function that takes them."""

import importlib
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from breakwater.index.row import Row
from breakwater.platform.attribute_values import to_item
from breakwater.workflows.rollups.contribution import History
from breakwater.workflows.rollups.contributions import Contributions
from breakwater.workflows.rollups.places import Keeping
from breakwater.workflows.rollups.stream import NotARow, ended_row
from tests.tables import make_table
from tests.unit.workflows.rollups.conftest import TABLE
from tests.unit.workflows.rollups.made import FAILED, ended


def record(row: Row, kind: str = "MODIFY", **more: Any) -> dict[str, Any]:
    values = {name: value for name, value in row.to_values().items() if value is not None}
    return {"eventName": kind, "dynamodb": {"NewImage": to_item({**values, **more})}}


NOTE = {"eventName": "MODIFY", "dynamodb": {"NewImage": to_item({"executionArn": "#DAYS"})}}


class TestRecords:
    def test_the_row_of_what_ended_comes_back(self) -> None:
        for row in (ended(), ended(**FAILED, search={"order.id": "7"})):
            assert ended_row(record(row)) == row
            assert ended_row(record(row, "INSERT", annotatedBySomebody="x")) == row

    @pytest.mark.parametrize(
        "told",
        [
            record(ended(status="RUNNING", stop_date=None)),
            record(ended(), "REMOVE"),
            NOTE,
            {"eventName": "MODIFY", "dynamodb": {"NewImage": to_item({"executionArn": "arn:x"})}},
            {"eventName": "REMOVE", "dynamodb": {"OldImage": {}}},
        ],
    )
    def test_what_adds_nothing_is_passed_over(self, told: Any) -> None:
        assert ended_row(told) is None

    @pytest.mark.parametrize(
        "image",
        [
            {"executionArn": {"S": "arn:x"}, "revision": {"N": "1"}},
            {"executionArn": {"Odd": "x"}},
            {"something": {"S": "else"}},
        ],
    )
    def test_what_is_no_row_is_said_to_be_none(self, image: Any) -> None:
        with pytest.raises(NotARow, match="no row of the index"):
            ended_row({"eventName": "INSERT", "dynamodb": {"NewImage": image}})


class TestFunction:
    """The handler itself, on emulated services; Step Functions knows none of the executions."""

    @pytest.fixture
    def function(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        for name, value in {
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            contract.ROLLUPS.variable: TABLE,
            contract.REQUESTS.variable: "requests",
            contract.ROLLUP_SETTINGS_VARIABLE: contract.RollupSettings().to_json(),
        }.items():
            monkeypatch.setenv(name, value)
        with mock_aws():
            self.dynamodb: Any = boto3.client("dynamodb")
            make_table(self.dynamodb, TABLE, contract.ROLLUPS)
            make_table(self.dynamodb, "requests", contract.REQUESTS)
            self.sqs: Any = boto3.client("sqs")
            self.queue = self.sqs.create_queue(QueueName="aside")["QueueUrl"]
            monkeypatch.setenv(contract.ROLLUP_DEAD_LETTERS_VARIABLE, self.queue)
            yield importlib.reload(importlib.import_module("breakwater.handlers.contribute"))

    def call(self, function: Any, *records: Any, milliseconds: int = 60_000) -> dict[str, int]:
        context = SimpleNamespace(
            get_remaining_time_in_millis=lambda: milliseconds,
            function_name="f",
            memory_limit_in_mb=512,
            invoked_function_arn="arn",
            aws_request_id="1",
        )
        told: dict[str, int] = function.handler({"Records": list(records)}, context)
        return told

    def laid_aside(self) -> list[Any]:
        found: list[Any] = self.sqs.receive_message(
            QueueUrl=self.queue, MessageAttributeNames=["All"], MaxNumberOfMessages=10
        ).get("Messages", [])
        return found

    def history(self, row: Row) -> History:
        store = Contributions(self.dynamodb, TABLE, Keeping())
        key = (row.execution_arn, row.redrive_count)
        return store.stored([key])[key].contribution.history

    @pytest.fixture(autouse=True)
    def _rows_of_now(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import time  # noqa: PLC0415

        from breakwater.platform import clock  # noqa: PLC0415
        from tests.unit.workflows.rollups.made import NOW  # noqa: PLC0415

        monkeypatch.setattr(clock, "now", lambda: NOW)
        monkeypatch.setattr(time, "time", NOW.timestamp)

    def test_counts_each_once_and_lays_aside_what_is_no_row(self, function: Any) -> None:
        bad = {"eventName": "INSERT", "dynamodb": {"NewImage": {"executionArn": {"Odd": "x"}}}}
        one, other = ended("1"), ended("2", machine="m2")
        told = self.call(function, record(one), bad, NOTE, record(other), record(one))
        assert told == {"changed": 2, "unchanged": 0, "tooOld": 0, "laidAside": 1}
        assert self.history(one) is History.GONE  # Step Functions does not know it
        [letter] = self.laid_aside()
        assert json.loads(letter["Body"]) == {"Records": [bad]}
        assert "NotARow" in letter["MessageAttributes"]["reason"]["StringValue"]
        again = self.call(function, record(one), record(other))
        assert again == {"changed": 0, "unchanged": 2, "tooOld": 0, "laidAside": 0}

    def test_near_its_end_it_counts_without_reading(self, function: Any) -> None:
        one = ended("1")
        assert self.call(function, record(one), milliseconds=1_000)["changed"] == 1
        assert self.history(one) is History.NO_BUDGET

    def test_without_budget_it_counts_without_steps(self, function: Any) -> None:
        self.dynamodb.put_item(
            TableName="requests",
            Item={
                "idempotencyKey": {"S": "RATE#aws#figures#GetExecutionHistory"},
                "emptyAt": {"N": "99999999999"},
            },
        )
        one = ended("1")
        assert self.call(function, record(one))["changed"] == 1
        assert self.history(one) is History.NO_BUDGET
