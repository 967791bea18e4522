"""A gate in somebody's state machine: one state, one function that may do what it must."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_stepfunctions as sfn

from breakwater import contract
from breakwater_constructs.pause_gate import PauseGate
from tests.conftest import CHECKOUT


def stack_with_gate(**options: Any) -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "orders")
    gate = PauseGate(stack, "Gate", **options)
    ship = sfn.Pass(stack, "Ship")
    machine = sfn.StateMachine(
        stack,
        "Machine",
        definition_body=sfn.DefinitionBody.from_chainable(
            sfn.Pass(stack, "Charge").next(gate.state("BeforeShipping")).next(ship)
        ),
    )
    gate.guard(machine)
    return stack


@pytest.fixture(scope="module")
def template() -> assertions.Template:
    return assertions.Template.from_stack(stack_with_gate())


def machine(template: assertions.Template) -> dict[str, Any]:
    [found] = template.find_resources("AWS::StepFunctions::StateMachine").values()
    return dict(found["Properties"])


def states(template: assertions.Template) -> dict[str, Any]:
    parts = machine(template)["DefinitionString"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else "X" for part in parts)
    return dict(json.loads(text)["States"])


def test_it_gives_on_exactly_what_it_was_given_and_waits_a_day_at_most(
    template: assertions.Template,
) -> None:
    gate = states(template)["BeforeShipping"]
    assert gate["Resource"].endswith(":states:::lambda:invoke.waitForTaskToken")
    assert gate["ResultPath"] is None
    assert (gate["TimeoutSeconds"], gate["Next"]) == (24 * 3600, "Ship")
    told = gate["Parameters"]["Payload"]
    assert told["token.$"] == "$$.Task.Token"
    assert "$" not in told.values()  # nothing of what the execution is about leaves it


def test_what_the_function_runs_into_is_tried_again_but_never_that_nobody_resumed(
    template: assertions.Template,
) -> None:
    [retry] = states(template)["BeforeShipping"]["Retry"]
    assert "States.TaskFailed" in retry["ErrorEquals"]  # matches everything but States.Timeout
    assert not {"States.ALL", "States.Timeout"} & set(retry["ErrorEquals"])


def test_what_nobody_resumes_fails_with_a_sentence(template: assertions.Template) -> None:
    late = states(template)["BeforeShippingTimedOut"]
    assert (late["Type"], late["Error"]) == ("Fail", "PauseTimedOut")
    assert "within 1 day" in late["Cause"]


def test_breakwater_finds_it_by_tags_of_machine_and_function(
    template: assertions.Template,
) -> None:
    tags = {tag["Key"]: tag["Value"] for tag in machine(template)["Tags"]}
    [(name, function)] = [
        (name, one)
        for name, one in template.find_resources("AWS::Lambda::Function").items()
        if "PAUSE_GATE_TABLE" in json.dumps(one)
    ]
    assert tags[contract.GATE_TAG] == {"Fn::GetAtt": [name, "Arn"]}
    assert {"Key": contract.GATE_TAG, "Value": contract.GATE_FUNCTION} in function["Properties"][
        "Tags"
    ]


def test_its_function_answers_tokens_of_this_machine_only(template: assertions.Template) -> None:
    answering = [
        statement["Resource"]
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "states:SendTaskSuccess" in statement["Action"]
    ]
    [name] = template.find_resources("AWS::StepFunctions::StateMachine")
    assert answering == [{"Ref": name}]


def test_its_function_tells_the_default_bus_of_gates_and_nothing_else(
    template: assertions.Template,
) -> None:
    [statement] = [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "events:PutEvents" in statement["Action"]
    ]
    assert json.dumps(statement["Resource"]).endswith('":event-bus/default"]]}')
    assert statement["Condition"]["StringEquals"] == {
        "events:source": contract.GATE_EVENT_SOURCE,
        "events:detail-type": contract.GATE_EVENT_TYPE,
    }


@pytest.mark.parametrize("seconds", [1, 365 * 24 * 3600])
def test_a_timeout_that_step_functions_would_not_keep_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="timeout is"):
        stack_with_gate(timeout=cdk.Duration.seconds(seconds))


def test_the_example_of_the_documents_synthesizes(tmp_path: Path) -> None:
    source = os.pathsep.join(str(CHECKOUT / one) for one in ("constructs", "runtime"))
    path = f"{CHECKOUT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    where = {"PYTHONPATH": source, "CDK_OUTDIR": str(tmp_path), "PATH": path}
    subprocess.run(
        [sys.executable, str(CHECKOUT / "docs/examples/pause_gate_alone.py")],
        cwd=tmp_path,
        env={**where, "CDK_VALIDATION": "false"},
        check=True,
        capture_output=True,
    )
    made = json.loads((tmp_path / "orders.template.json").read_text(encoding="utf-8"))
    kinds = [resource["Type"] for resource in made["Resources"].values()]
    assert kinds.count("AWS::StepFunctions::StateMachine") == 1
    assert kinds.count("AWS::DynamoDB::Table") == 1
    assert kinds.count("AWS::Lambda::Function") == 1
