"""GET /health through the API, the function and its role, with IAM enforced."""

import json
from typing import Any

import pytest

from breakwater import contract
from breakwater_local.emulator import Emulator
from tests.integration.deployed import decision, get, physical_id, resources, role_arn
from tests.integration.waiting import until

HEALTH = "HealthFunction64F2C32C"


@pytest.fixture
def health(aws: Emulator) -> str:
    return physical_id(aws, "api", HEALTH)


def restart(aws: Emulator, function: str) -> None:
    """A new copy of the function, without the answer that it remembers for ten seconds."""
    client = aws.client("lambda")
    configuration = client.get_function_configuration(FunctionName=function)
    client.update_function_configuration(
        FunctionName=function, Environment=configuration["Environment"]
    )


def told_with(aws: Emulator, status: int) -> dict[str, Any]:
    """What it answers, once it does so: a table that is not described within two seconds is told
    as one that does not answer.
    """
    seen: list[tuple[int, Any]] = []

    def so() -> bool:
        seen[:] = [get(aws, contract.HEALTH_PATH)]
        problems = {part.get("problem") for part in seen[0][1]["parts"]}
        return seen[0][0] == status and "no answer" not in problems

    until(so, lambda: seen, every=2)
    return dict(seen[0][1])


def test_every_part_is_ready(aws: Emulator) -> None:
    body = told_with(aws, 200)
    assert (body["status"], body["environment"]) == ("ready", "local")
    assert [part["name"] for part in body["parts"]] == [t.name for t in contract.ALL_TABLES]


def test_without_its_grant_the_function_is_denied_and_says_which_part(
    aws: Emulator, health: str
) -> None:
    """IAM is enforced: take one table out of the role, and that table is out of reach."""
    iam = aws.client("iam")
    role = role_arn(aws, health).rsplit("/", 1)[1]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    whole = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    audit = physical_id(aws, "data", "AuditTrailFF0F2BB5")
    lesser = json.loads(json.dumps(whole))
    for statement in lesser["Statement"]:
        if isinstance(statement["Resource"], list):
            statement["Resource"] = [r for r in statement["Resource"] if audit not in r]
    assert lesser != whole
    try:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(lesser))
        restart(aws, health)
        body = told_with(aws, 503)
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(whole))
        restart(aws, health)
    assert [part for part in body["parts"] if part["status"] != "ready"] == [
        {"name": "auditTrail", "status": "notReady", "problem": "access denied"}
    ]
    told_with(aws, 200)


def test_the_role_allows_what_the_platform_does_for_the_function_and_nothing_else(
    aws: Emulator, health: str
) -> None:
    """Logs and traces are written by the platform: the embedded AWS does not check them, IAM's own
    simulation does.
    """
    role = role_arn(aws, health)
    [group] = [g for g in resources(aws, "api", "AWS::Logs::LogGroup").values() if "Health" in g]
    logs = f"arn:aws:logs:eu-west-1:111122223333:log-group:{group}:*"
    requests = physical_id(aws, "data", "RequestsC42AC379")
    table = f"arn:aws:dynamodb:eu-west-1:111122223333:table/{requests}"
    expected = {
        ("logs:CreateLogStream", logs): "allowed",
        ("logs:PutLogEvents", logs): "allowed",
        ("logs:DeleteLogGroup", logs): "implicitDeny",
        ("logs:PutLogEvents", logs.replace(group, "another")): "implicitDeny",
        ("xray:PutTraceSegments", "*"): "allowed",
        ("dynamodb:DescribeTable", table): "allowed",
        ("dynamodb:GetItem", table): "implicitDeny",
        ("dynamodb:Scan", table): "implicitDeny",
        ("dynamodb:DescribeTable", table + "-other"): "implicitDeny",
        ("s3:GetObject", "arn:aws:s3:::anything/at-all"): "implicitDeny",
    }
    decided = {
        (action, resource): decision(aws, role, action, resource) for action, resource in expected
    }
    assert decided == expected
