"""What may be done at Step Functions by whoever acts, and to what."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from breakwater_constructs.execution_acting import grant_act_on_executions, grant_call_gates
from breakwater_constructs.runtime_function import RuntimeFunction
from tests.infrastructure.synthesized import as_list

HERE = "arn:aws:states:eu-west-1:111122223333"


def allowed(*, embedded: bool) -> dict[str, tuple[Any, Any]]:
    """Action → resources, and the condition."""
    where = cdk.Environment(account="111122223333", region="eu-west-1")
    stack = cdk.Stack(cdk.App(), "stack", env=where)
    function = RuntimeFunction(stack, "Function", handler="actions", description="acts")
    grant_act_on_executions(function, stack, embedded=embedded)
    grant_call_gates(function, stack)
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return {
        action: (as_list(statement["Resource"]), statement.get("Condition"))
        for policy in policies
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
        if action.startswith(("states:", "lambda:"))
    }


def test_it_stops_and_redrives_executions_and_starts_what_its_owner_lets_it() -> None:
    by_tag = {"StringEquals": {"aws:ResourceTag/breakwater:actions": "allow"}}
    is_gate = {"StringEquals": {"aws:ResourceTag/breakwater:pause-gate": "function"}}
    functions = "arn:aws:lambda:eu-west-1:111122223333:function:*"
    assert plain(allowed(embedded=False)) == {
        "states:StopExecution": ([f"{HERE}:execution:*"], None),
        "states:RedriveExecution": ([f"{HERE}:execution:*"], None),
        "states:DescribeStateMachine": ([f"{HERE}:stateMachine:*"], None),
        "states:ListTagsForResource": ([f"{HERE}:stateMachine:*"], None),
        "states:StartExecution": ([f"{HERE}:stateMachine:*"], by_tag),
        "lambda:InvokeFunction": ([functions], is_gate),
    }


@pytest.mark.parametrize("action", ["states:StopExecution", "states:RedriveExecution"])
def test_the_embedded_aws_gets_no_more_of_what_it_can_judge(action: str) -> None:
    assert allowed(embedded=True)[action] == allowed(embedded=False)[action]


def plain(rules: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """With the partition written out."""

    def text(resource: Any) -> str:
        if isinstance(resource, str):
            return resource
        parts = resource["Fn::Join"][1]
        return "".join(part if isinstance(part, str) else "aws" for part in parts)

    return {name: ([text(one) for one in told], when) for name, (told, when) in rules.items()}
