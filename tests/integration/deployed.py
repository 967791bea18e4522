"""How integration tests look at what is deployed."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from breakwater import contract
from breakwater_local.deployment import ENVIRONMENT, stack_outputs
from breakwater_local.emulator import Emulator


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
    parts = urlsplit(api_outputs(aws)[contract.API_URL_OUTPUT] + path)
    query = f"?{parts.query}" if parts.query else ""
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=60)
    try:
        connection.request(
            "GET", parts.path + query, headers={"Host": parts.netloc, **(headers or {})}
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


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
