"""How integration tests look at what is deployed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from breakwater import contract
from breakwater_local.deployment import ENVIRONMENT, stack_outputs
from breakwater_local.emulator import Emulator
from tests.integration.asked import asked
from tests.integration.waiting import once_there_is_room


def physical_id(aws: Emulator, part: str, logical_id: str) -> str:
    """The name that AWS gave a resource."""
    found = aws.client("cloudformation").describe_stack_resource(
        StackName=contract.stack_name(ENVIRONMENT, part), LogicalResourceId=logical_id
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def resources(aws: Emulator, part: str, kind: str) -> dict[str, str]:
    """Logical id → physical id of one kind of resource."""
    pages = (
        aws.client("cloudformation")
        .get_paginator("list_stack_resources")
        .paginate(StackName=contract.stack_name(ENVIRONMENT, part))
    )
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == kind
    }


def api_outputs(aws: Emulator) -> dict[str, str]:
    """What the api stack says of itself."""
    return stack_outputs(aws, contract.stack_name(ENVIRONMENT, "api"))


def get(aws: Emulator, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """GET from the operations API: the status and the JSON."""
    url = api_outputs(aws)[contract.API_URL_OUTPUT] + path
    answer = once_there_is_room(lambda: asked("GET", url, headers=headers))
    return answer.status, json.loads(answer.text)


def functions(aws: Emulator) -> list[dict[str, Any]]:
    """All of them, whoever made them: more than a page of the list holds."""
    pages = aws.client("lambda").get_paginator("list_functions").paginate()
    return [function for page in pages for function in page["Functions"]]


@contextmanager
def without_rules(aws: Emulator, part: str, beginning: str = "") -> Iterator[None]:
    """What these rules of the default bus are there for does not happen meanwhile, unless a test
    asks for it.
    """
    events = aws.client("events")
    physical = resources(aws, part, "AWS::Events::Rule").items()
    names = {arn.rsplit("/", 1)[-1] for logical, arn in physical if logical.startswith(beginning)}
    rules = [r for page in events.get_paginator("list_rules").paginate() for r in page["Rules"]]
    assert names & {rule["Name"] for rule in rules}, beginning
    on = [r["Name"] for r in rules if r["Name"] in names and r["State"] == "ENABLED"]
    for name in on:
        events.disable_rule(Name=name)
    try:
        yield
    finally:
        for name in on:
            events.enable_rule(Name=name)


def table(aws: Emulator, part: str, beginning: str) -> str:
    """The name of the table whose logical id begins so."""
    [found] = [
        name
        for logical, name in resources(aws, part, "AWS::DynamoDB::Table").items()
        if logical.startswith(beginning)
    ]
    return found


def role_arn(aws: Emulator, function: str) -> str:
    """The role of a deployed function."""
    configuration = aws.client("lambda").get_function_configuration(FunctionName=function)
    return str(configuration["Role"])


def decision(aws: Emulator, role: str, action: str, resource: str) -> str:
    """What IAM would decide: for calls that the embedded AWS itself does not check."""
    [result] = aws.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=[action], ResourceArns=[resource]
    )["EvaluationResults"]
    return str(result["EvalDecision"])
