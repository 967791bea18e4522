"""The synthesized definition on the embedded AWS, with functions that follow a script."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakwater import contract
from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.emulator import Emulator
from breakwater_local.live_alias import apply_live_aliases
from tests.infrastructure.synthesized import Synthesized, state_machine
from tests.integration.deployed import decision, physical_id, resources, role_arn
from tests.integration.deployed import functions as functions_of
from tests.integration.waiting import until
from tests.interpreters import scripted_engine
from tests.interpreters.recovery_walks import WALKS, Walk, entered, taken, ways

FUNCTIONS = ("begin", "update_wave_status", "store_task_token", "resume_wave", "record_failure")
PREFIX = "walk-"
HERE = [walk for walk in WALKS if not walk.on_aws_only]


@pytest.fixture(scope="module")
def definition(synthesized: dict[str, Synthesized]) -> dict[str, Any]:
    return state_machine(synthesized["local"])


@pytest.fixture(scope="module")
def functions(aws: Emulator) -> Iterator[str]:
    """Real functions that follow the script; what they are called before their name."""
    iam, lambda_ = aws.client("iam"), aws.client("lambda")
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
    }
    role = iam.create_role(
        RoleName="walks", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )["Role"]
    may = {"Effect": "Allow", "Action": "states:SendTaskSuccess", "Resource": "*"}
    iam.put_role_policy(
        RoleName="walks", PolicyName="answers", PolicyDocument=json.dumps({"Statement": [may]})
    )
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.write(Path(scripted_engine.__file__), "scripted_engine.py")
    for name in FUNCTIONS:
        lambda_.create_function(
            FunctionName=f"{PREFIX}{name}",
            Runtime="python3.14",
            Handler="scripted_engine.handler",
            Role=role["Arn"],
            Code={"ZipFile": code.getvalue()},
            Timeout=30,
        )
    yield PREFIX
    for name in FUNCTIONS:
        lambda_.delete_function(FunctionName=f"{PREFIX}{name}")
    iam.delete_role_policy(RoleName="walks", PolicyName="answers")
    iam.delete_role(RoleName="walks")


@pytest.fixture(scope="module")
def machine(aws: Emulator, definition: dict[str, Any], functions: str) -> Iterator[str]:
    client = aws.client("stepfunctions")
    text = json.dumps(definition).replace(":function:", f":function:{functions}")
    made = client.create_state_machine(
        name="walks", definition=text, roleArn="arn:aws:iam::111122223333:role/walks"
    )["stateMachineArn"]
    yield made
    client.delete_state_machine(stateMachineArn=made)


@pytest.fixture(scope="module")
def executions(aws: Emulator, machine: str) -> dict[str, str]:
    """All walks, started together: name → ARN."""
    client = aws.client("stepfunctions")
    return {
        walk.name: client.start_execution(
            stateMachineArn=machine, name=f"walk-{number}", input=json.dumps(walk.given)
        )["executionArn"]
        for number, walk in enumerate(HERE)
    }


def ended(client: Any, arn: str) -> dict[str, Any]:
    def over() -> bool:
        return bool(client.describe_execution(executionArn=arn)["status"] != "RUNNING")

    until(over, lambda: history(client, arn))
    return dict(client.describe_execution(executionArn=arn))


def history(client: Any, arn: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
    return [event for page in pages for event in page["events"]]


@pytest.mark.parametrize("walk", HERE, ids=lambda walk: walk.name)
def test_a_run_goes_the_way_that_its_functions_lead(
    walk: Walk, aws: Emulator, executions: dict[str, str]
) -> None:
    client = aws.client("stepfunctions")
    found = ended(client, executions[walk.name])
    assert entered(history(client, executions[walk.name])) == walk.through
    assert found["status"] == ("FAILED" if walk.error else "SUCCEEDED")
    assert found.get("error") == walk.error
    assert (found.get("cause") or "").startswith(walk.cause)


def test_together_they_take_every_way_but_two(definition: dict[str, Any]) -> None:
    """tests/contract/test_recovery_definition.py takes those in another interpreter."""
    assert ways(definition) - taken(HERE) == {
        ("WaitForResume", "UpdateWaveStatus"),
        ("WaitForResume", "RecordPlanFailure"),
    }


class TestTheDeployedOne:
    """What `make up` has made."""

    @pytest.fixture
    def arn(self, aws: Emulator) -> str:
        [found] = resources(aws, "recovery", "AWS::StepFunctions::StateMachine").values()
        return found

    def test_is_led_to_by_the_alias(self, aws: Emulator, arn: str) -> None:
        client = aws.client("stepfunctions")
        alias = client.describe_state_machine_alias(stateMachineAliasArn=f"{arn}:live")
        [route] = alias["routingConfiguration"]
        behind = client.describe_state_machine(stateMachineArn=route["stateMachineVersionArn"])
        now = client.describe_state_machine(stateMachineArn=arn)
        assert behind["definition"] == now["definition"]

    def test_gets_a_new_version_only_when_it_changed(self, aws: Emulator, arn: str) -> None:
        client, stack = aws.client("stepfunctions"), contract.stack_name(ENVIRONMENT, "recovery")

        def versions() -> int:
            listed = client.list_state_machine_versions(stateMachineArn=arn)
            return len(listed["stateMachineVersions"])

        before = versions()
        apply_live_aliases(aws, [stack])
        assert versions() == before
        old = client.describe_state_machine(stateMachineArn=arn)["definition"]
        try:
            client.update_state_machine(stateMachineArn=arn, definition=old + " ")
            apply_live_aliases(aws, [stack])
            assert versions() == before + 1
        finally:
            client.update_state_machine(stateMachineArn=arn, definition=old)
            apply_live_aliases(aws, [stack])

    def test_may_call_its_five_functions_and_no_other(self, aws: Emulator, arn: str) -> None:
        role = aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["roleArn"]
        action = "lambda:InvokeFunction"
        ours = functions_of(aws)
        allowed = {
            one["Handler"].split(".")[-2]
            for one in ours
            if one["FunctionName"].startswith("breakwater-")
            and decision(aws, role, action, one["FunctionArn"]) == "allowed"
        }
        assert allowed == set(FUNCTIONS)

    def test_is_looked_after_once_a_minute(self, aws: Emulator) -> None:
        [rule] = [
            rule
            for page in aws.client("events").get_paginator("list_rules").paginate()
            for rule in page["Rules"]
            if rule.get("ScheduleExpression") == "rate(1 minute)" and "Engine" in rule["Name"]
        ]
        assert rule["State"] == "ENABLED"
        targets = aws.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
        [watch] = [
            one
            for one in resources(aws, "recovery", "AWS::Lambda::Function").values()
            if "WatchRuns" in one
        ]
        assert [target["Arn"].rpartition(":")[2] for target in targets] == [watch]

    def test_a_function_that_may_not_answer_a_token_is_refused(self, aws: Emulator) -> None:
        begin = role_arn(
            aws, physical_id(aws, "recovery", _logical(aws, "recovery", "EngineBeginFunction"))
        )
        store = role_arn(
            aws, physical_id(aws, "recovery", _logical(aws, "recovery", "EngineStoreTaskToken"))
        )
        assert decision(aws, begin, "states:SendTaskSuccess", "*") == "implicitDeny"
        assert decision(aws, store, "states:SendTaskSuccess", "*") == "allowed"


def _logical(aws: Emulator, part: str, beginning: str) -> str:
    [found] = [
        logical
        for logical in resources(aws, part, "AWS::Lambda::Function")
        if logical.startswith(beginning)
    ]
    return found
