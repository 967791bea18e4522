"""Executions of a sample machine end, are counted, and GET /analytics tells of them; IAM is on."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from breakwater import contract
from breakwater.contract import Role
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.api.conftest import Api
from tests.integration.deployed import decision, resources, role_arn, table
from tests.integration.index.conftest import role_of_machines
from tests.integration.waiting import letter, until

OWN_BUDGET = "RATE#aws#figures#GetExecutionHistory"
STATES: dict[str, Any] = {
    "StartAt": "Prepare",
    "States": {
        "Prepare": {"Type": "Pass", "Next": "Settle"},
        "Settle": {"Type": "Wait", "Seconds": 30, "Next": "Which"},
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.fail", "BooleanEquals": True, "Next": "Broken"}],
            "Default": "Done",
        },
        "Broken": {"Type": "Fail", "Error": "OutOfStock", "Cause": "no item 17 left"},
        "Done": {"Type": "Succeed"},
    },
}


@dataclass(frozen=True)
class Shop:
    """A sample state machine, its agent, and what the API says of it."""

    aws: Emulator
    api: Api
    machine: str
    agent: str

    def start(self, *, fail: bool = False) -> str:
        started = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.machine,
            name=str(uuid.uuid4()),
            input=json.dumps({"fail": fail}),
        )
        return str(started["executionArn"])

    def told(self, period: str = "24h") -> dict[str, Any]:
        answer: dict[str, Any] = self.api.done(
            "GET", f"/analytics?period={period}", role=Role.VIEWER
        )
        return answer

    def mine(self, period: str = "24h") -> dict[str, Any]:
        """The figures of this agent."""
        found = [one for one in self.told(period)["types"] if one["type"] == self.agent]
        return found[0] if found else {"ended": 0}

    def when(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        seen: list[dict[str, Any]] = []

        def happens() -> bool:
            seen[:] = [self.mine()]
            return is_so(seen[0])

        until(happens, lambda: seen)
        return seen[0]

    def with_steps(self, ended: int) -> dict[str, Any]:
        """Once the steps of all that ended are counted: at once where there was budget to read
        their histories, else by the sweep.
        """

        def counted(mine: dict[str, Any]) -> bool:
            transitions = mine.get("transitions", {"counted": 0})
            if (mine["ended"], transitions["counted"]) == (ended, 4 * ended):
                return True
            if mine["ended"] == ended:
                self.call("Sweep", {})
            return False

        return self.when(counted)

    def function(self, name: str) -> str:
        [found] = [
            physical
            for logical, physical in resources(self.aws, "index", "AWS::Lambda::Function").items()
            if logical.startswith(f"ExecutionRollups{name}")
        ]
        return found

    def call(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        answer = self.aws.client("lambda").invoke(
            FunctionName=self.function(name), Payload=json.dumps(event).encode()
        )
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return said

    def variable(self, name: str) -> str:
        told = self.aws.client("lambda").get_function_configuration(
            FunctionName=self.function("Contribute")
        )
        return str(told["Environment"]["Variables"][name])

    def record_of(self, arn: str) -> dict[str, Any]:
        """As the stream brings it: of the row as it is now."""
        item = self.aws.client("dynamodb").get_item(
            TableName=table(self.aws, "index", "ExecutionIndex"),
            Key={contract.EXECUTION_INDEX.partition: {"S": arn}},
        )["Item"]
        return {"eventName": "MODIFY", "dynamodb": {"NewImage": item}}


@pytest.fixture(scope="module")
def shop(aws: Emulator, api: Api) -> Shop:
    agent = f"shop-{uuid.uuid4().hex[:8]}"
    machine = aws.client("stepfunctions").create_state_machine(
        name=agent,
        definition=json.dumps(STATES),
        roleArn=role_of_machines(aws, f"{agent}-machines"),
        tags=[
            {"key": "agentName", "value": agent},
            {"key": "breakwater:sla-seconds", "value": "3600"},
        ],
    )["stateMachineArn"]
    return Shop(aws, api, machine, agent)


def test_what_ended_is_counted_with_its_steps_and_told_in_every_period(shop: Shop) -> None:
    for number in range(6):  # one by one: there, twenty functions run at a time, all together
        shop.start(fail=number < 2)
        mine = shop.with_steps(number + 1)
    assert (mine["completed"], mine["failed"], mine["failureRate"]) == (4, 2, 0.3333)
    assert mine["sla"] == {"met": 4, "missed": 2, "compliance": 0.6667}
    assert mine["duration"]["count"] == 6
    assert mine["duration"]["p50"] > 0.4
    assert mine["transitions"] == {"counted": 24, "estimated": 24, "perExecution": 4.0}
    assert mine["cost"]["estimatedUsd"] == pytest.approx(24 * 0.025 / 1000)
    told = shop.told()
    [state] = [one for one in told["failures"]["byState"] if one["type"] == shop.agent]
    assert (state["state"], state["failures"], state["visits"]) == ("Broken", 2, 2)
    [same] = [one for one in told["failures"]["byFingerprint"] if one["type"] == shop.agent]
    assert (same["error"], same["failures"]) == ("OutOfStock", 2)
    assert told["completeness"]["historyRead"] > 0
    for period in ("7d", "30d"):
        assert shop.mine(period)["ended"] == 6


def test_what_comes_again_changes_nothing(shop: Shop) -> None:
    arn = shop.start()
    before = shop.with_steps(7)
    said = shop.call("Contribute", {"Records": [shop.record_of(arn)] * 2})
    assert said == {"changed": 0, "unchanged": 1, "tooOld": 0, "laidAside": 0}
    assert shop.mine() == before


def test_without_budget_it_is_counted_without_steps_and_completed_later(shop: Shop) -> None:
    dynamodb = shop.aws.client("dynamodb")
    requests = shop.variable(contract.REQUESTS.variable)
    bucket = {contract.REQUESTS.partition: {"S": OWN_BUDGET}}
    before = shop.mine()
    dynamodb.put_item(
        TableName=requests, Item={**bucket, "emptyAt": {"N": str(time.time() + 3600)}}
    )
    try:
        shop.start()
        without = shop.when(lambda mine: mine["ended"] > before["ended"])
        assert without["transitions"]["counted"] == before["transitions"]["counted"]
        assert without["transitions"]["estimated"] == before["transitions"]["counted"] + 4
        assert shop.told()["completeness"]["notRead"]["noBudget"] >= 1
    finally:
        dynamodb.delete_item(TableName=requests, Key=bucket)
    shop.with_steps(without["ended"])


def test_what_cannot_be_counted_is_laid_aside_as_an_event_to_send_again(shop: Shop) -> None:
    odd = {"executionArn": {"Odd": uuid.uuid4().hex}}
    bad = {"eventName": "INSERT", "dynamodb": {"NewImage": odd}}
    assert shop.call("Contribute", {"Records": [bad]})["laidAside"] == 1
    queue = shop.variable(contract.ROLLUP_DEAD_LETTERS_VARIABLE)
    aside = letter(
        shop.aws.client("sqs"), queue, lambda body: bool(json.loads(body) == {"Records": [bad]})
    )
    assert "no row of the index" in aside["MessageAttributes"]["reason"]["StringValue"]


def test_a_period_that_there_is_not_is_refused_by_name(api: Api) -> None:
    answer = api.call("GET", "/analytics?period=1y", role=Role.VIEWER)
    assert (answer.status, answer.error["details"][0]["place"]) == (400, "period")


def test_its_functions_may_do_what_they_do_and_not_more(shop: Shop) -> None:
    rollups = (
        f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{shop.variable(contract.ROLLUPS.variable)}"
    )
    contribute = role_arn(shop.aws, shop.function("Contribute"))
    sweep = role_arn(shop.aws, shop.function("Sweep"))
    for role in (contribute, sweep):
        assert decision(shop.aws, role, "dynamodb:PutItem", rollups) == "allowed"
        for action in ("dynamodb:Scan", "dynamodb:UpdateItem", "dynamodb:DeleteTable"):
            assert decision(shop.aws, role, action, rollups) == "implicitDeny"
    assert decision(shop.aws, contribute, "dynamodb:DeleteItem", rollups) == "implicitDeny"
    assert decision(shop.aws, sweep, "dynamodb:DeleteItem", rollups) == "allowed"
