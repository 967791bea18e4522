"""Where the embedded AWS differs from AWS around Step Functions (docs/embedded-aws.md).

Each test fails when the difference goes away: then the work-around, and the line in the document,
can go too.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.deployed import decision, resources, role_arn
from tests.integration.waiting import until


@pytest.fixture
def callback(aws: Emulator) -> Iterator[Callable[..., str]]:
    """Starts an execution that waits for a token, told by a function that does not exist."""
    client = aws.client("stepfunctions")
    made: list[str] = []
    [ours] = resources(aws, "recovery", "AWS::StepFunctions::StateMachine").values()
    role = client.describe_state_machine(stateMachineArn=ours)["roleArn"]

    def start(**more: Any) -> str:
        waits = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": "nobody", "Payload": {"t.$": "$$.Task.Token"}},
            "End": True,
            **more,
        }
        machine = client.create_state_machine(
            name=f"differences-{len(made)}",
            definition=json.dumps({"StartAt": "Wait", "States": {"Wait": waits}}),
            roleArn=role,
        )["stateMachineArn"]
        made.append(machine)
        started = client.start_execution(stateMachineArn=machine, input='{"seconds": 1}')
        return str(started["executionArn"])

    yield start
    for machine in made:
        client.delete_state_machine(stateMachineArn=machine)


def test_an_error_behind_a_callback_is_lost(aws: Emulator, callback: Callable[..., str]) -> None:
    """On AWS: retried, then caught. Therefore the walk is tried in moto only, and `watch_runs`
    looks at runs that nobody has looked at.
    """
    client, arn = aws.client("stepfunctions"), callback()
    # The same call, later, of a state that waits for no token: it has failed by then.
    plain = callback(
        Resource="arn:aws:states:::lambda:invoke", Parameters={"FunctionName": "nobody"}
    )
    until(lambda: client.describe_execution(executionArn=plain)["status"] == "FAILED")
    assert client.describe_execution(executionArn=arn)["status"] == "RUNNING"
    client.stop_execution(executionArn=arn)


def test_a_callbacks_timeout_by_path_is_ignored(
    aws: Emulator, callback: Callable[..., str]
) -> None:
    """On AWS: States.Timeout. Therefore `watch_runs` ends pauses that lasted too long."""
    client = aws.client("stepfunctions")
    by_path, fixed = callback(TimeoutSecondsPath="$.seconds"), callback(TimeoutSeconds=1)
    until(lambda: client.describe_execution(executionArn=fixed)["status"] != "RUNNING")
    assert client.describe_execution(executionArn=by_path)["status"] == "RUNNING"
    client.stop_execution(executionArn=by_path)


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::StepFunctions::StateMachineVersion",
        "AWS::StepFunctions::StateMachineAlias",
        "AWS::Logs::QueryDefinition",
    ],
)
def test_a_kind_of_resource_is_not_known(kind: str, aws: Emulator) -> None:
    """On AWS: it is. Therefore `local` goes without, and `make up` makes the alias by API."""
    template = json.dumps({"Resources": {"It": {"Type": kind, "Properties": {}}}})
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        aws.client("cloudformation").create_stack(StackName="unknown", TemplateBody=template)


def test_who_may_answer_or_tag_is_asked_for_everything(aws: Emulator) -> None:
    """On AWS: for the machine, and for the instance with its tags. Therefore `local` allows both
    on everything (recovery_state_machine.py, recovery_permissions.py).
    """
    iam, role = aws.client("iam"), "differences-narrow"
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    arn = iam.create_role(
        RoleName=role, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )["Role"]["Arn"]
    narrow = [
        {
            "Effect": "Allow",
            "Action": ["states:SendTaskSuccess", "ec2:CreateTags"],
            "Resource": ["arn:aws:states:*:*:*", "arn:aws:ec2:*:*:*"],
        }
    ]
    iam.put_role_policy(
        RoleName=role, PolicyName="narrow", PolicyDocument=json.dumps({"Statement": narrow})
    )
    given = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="probe")["Credentials"]
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION
    )
    states = session.client("stepfunctions", endpoint_url=aws.endpoint)
    ec2 = session.client("ec2", endpoint_url=aws.endpoint)
    with pytest.raises(ClientError, match="AccessDenied"):
        states.send_task_success(taskToken="a" * 36, output="{}")
    with pytest.raises(ClientError, match=r"UnauthorizedOperation|AccessDenied"):
        ec2.create_tags(Resources=["i-0123456789abcdef0"], Tags=[{"Key": "a", "Value": "b"}])
    iam.delete_role_policy(RoleName=role, PolicyName="narrow")
    iam.delete_role(RoleName=role)


def test_a_run_is_started_at_the_alias_itself(aws: Emulator) -> None:
    """On AWS: at the machine, under a condition. Therefore `local` allows the alias as well."""
    [machine] = resources(aws, "recovery", "AWS::StepFunctions::StateMachine").values()
    [watch] = [
        name
        for name in resources(aws, "recovery", "AWS::Lambda::Function").values()
        if "WatchRuns" in name
    ]
    role = role_arn(aws, watch)
    assert decision(aws, role, "states:StartExecution", f"{machine}:live") == "allowed"
    assert decision(aws, role, "states:StartExecution", machine) == "implicitDeny"


def test_a_state_machines_tags_are_not_seen_by_iam(aws: Emulator) -> None:
    """On AWS they are. Therefore `local` lets Breakwater start every machine, and read the tags of
    anything (execution_acting.py); there only the code looks at `breakwater:actions`.
    """
    client, iam, role = aws.client("stepfunctions"), aws.client("iam"), "differences-tagged"
    [ours] = resources(aws, "recovery", "AWS::StepFunctions::StateMachine").values()
    machine = client.create_state_machine(
        name=role,
        definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
        roleArn=client.describe_state_machine(stateMachineArn=ours)["roleArn"],
        tags=[{"key": "breakwater:actions", "value": "allow"}],
    )["stateMachineArn"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    arn = iam.create_role(
        RoleName=role, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )["Role"]["Arn"]
    by_tag = {"StringEquals": {"aws:ResourceTag/breakwater:actions": "allow"}}
    start = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}
    tags = {"Effect": "Allow", "Action": "states:ListTagsForResource", "Resource": machine}
    document = json.dumps({"Statement": [{**start, "Condition": by_tag}, tags]})
    iam.put_role_policy(RoleName=role, PolicyName="tagged", PolicyDocument=document)
    given = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="probe")["Credentials"]
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION
    )
    states = session.client("stepfunctions", endpoint_url=aws.endpoint)
    with pytest.raises(ClientError, match="AccessDenied"):
        states.start_execution(stateMachineArn=machine)
    with pytest.raises(ClientError, match="AccessDenied"):
        states.list_tags_for_resource(resourceArn=machine)
    client.delete_state_machine(stateMachineArn=machine)
    iam.delete_role_policy(RoleName=role, PolicyName="tagged")
    iam.delete_role(RoleName=role)
