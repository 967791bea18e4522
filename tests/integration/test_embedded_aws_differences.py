"""Where the embedded AWS differs from AWS, and we have designed around it (docs/embedded-aws.md).

Each test fails when the difference goes away: then the work-around, and the line in the document,
can go too.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.services import iam

from breakwater import contract
from breakwater_local import policy_simulation
from breakwater_local.emulator import Emulator
from tests.integration.deployed import api_outputs, physical_id, resources
from tests.integration.index.conftest import role_of_machines
from tests.integration.portal import ask
from tests.integration.waiting import PATIENCE

TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "I",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "TimeToLiveSpecification": {"AttributeName": "expiresAt", "Enabled": True},
        "ResourcePolicy": {
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "dynamodb:DeleteItem",
                        "Resource": "*",
                    }
                ],
            }
        },
    },
}


def deployed(aws: Emulator, name: str, resource: dict[str, Any]) -> str:
    """Deploy one resource in a stack of its own; returns its name, or raises as the waiter does."""
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": {"It": resource}})
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": int(PATIENCE)}
    )
    found = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="It")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


@pytest.fixture(scope="module")
def table(aws: Emulator) -> Iterator[str]:
    yield deployed(aws, "differences-table", TABLE)
    aws.client("cloudformation").delete_stack(StackName="differences-table")


def test_cloudformation_leaves_out_point_in_time_recovery(aws: Emulator, table: str) -> None:
    """On AWS: ENABLED. Therefore breakwater_local.table_settings."""
    backups = aws.client("dynamodb").describe_continuous_backups(TableName=table)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "DISABLED"


def test_cloudformation_leaves_out_encryption(aws: Emulator, table: str) -> None:
    """On AWS: ENABLED. Therefore breakwater_local.table_settings."""
    description = aws.client("dynamodb").describe_table(TableName=table)["Table"]
    assert "SSEDescription" not in description


def test_cloudformation_leaves_out_time_to_live(aws: Emulator, table: str) -> None:
    """On AWS: ENABLED. Therefore breakwater_local.table_settings."""
    expiry = aws.client("dynamodb").describe_time_to_live(TableName=table)
    assert expiry["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"


def test_cloudformation_leaves_out_a_tables_own_policy(aws: Emulator, table: str) -> None:
    """On AWS: the policy. Therefore breakwater_local.table_settings."""
    dynamodb = aws.client("dynamodb")
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    with pytest.raises(dynamodb.exceptions.PolicyNotFoundException):
        dynamodb.get_resource_policy(ResourceArn=arn)


def test_an_index_made_by_cloudformation_has_no_status(aws: Emulator, table: str) -> None:
    """On AWS: ACTIVE. Therefore a missing status counts as ready (breakwater.platform.health)."""
    [index] = aws.client("dynamodb").describe_table(TableName=table)["Table"][
        "GlobalSecondaryIndexes"
    ]
    assert "IndexStatus" not in index


def test_a_tables_own_policy_is_kept_but_not_enforced(aws: Emulator, table: str) -> None:
    """On AWS: AccessDeniedException. Therefore the templates are asserted, not the denial."""
    dynamodb = aws.client("dynamodb")
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    policy = TABLE["Properties"]["ResourcePolicy"]["PolicyDocument"]  # type: ignore[index]
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))
    try:
        dynamodb.delete_item(TableName=table, Key={"a": {"S": "x"}})
    finally:
        dynamodb.delete_resource_policy(ResourceArn=arn)


def test_an_alarm_with_metric_math_is_refused(aws: Emulator) -> None:
    """On AWS: fine. Therefore alarms are on plain metrics (stacks/recovery.py)."""
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "Metrics": [{"Id": "sum", "Expression": "1 + 1", "ReturnData": True}],
        },
    }
    with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        deployed(aws, "differences-alarm", alarm)
    events = aws.client("cloudformation").describe_stack_events(StackName="differences-alarm")
    reasons = str([event.get("ResourceStatusReason") for event in events["StackEvents"]])
    assert "metric math" in reasons
    aws.client("cloudformation").delete_stack(StackName="differences-alarm")


def test_its_distribution_reads_a_bucket_without_tls(aws: Emulator) -> None:
    """On AWS: with. Therefore the page's bucket does not enforce it there (page_bucket.py)."""
    [bucket] = resources(aws, "api", "AWS::S3::Bucket").values()
    s3 = aws.client("s3")
    whole = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    stricter = json.loads(whole)
    stricter["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
    s3.put_object(Bucket=bucket, Key="index.html", Body=b"page")
    try:
        assert ask(api_outputs(aws), "/").status == 200
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(stricter))
        assert ask(api_outputs(aws), "/").status == 403
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=whole)
        s3.delete_object(Bucket=bucket, Key="index.html")


def test_a_distribution_says_a_name_that_leads_elsewhere(aws: Emulator) -> None:
    """On AWS: the name at which it answers. Therefore public_origin.py composes the address."""
    [distribution] = resources(aws, "api", "AWS::CloudFront::Distribution").values()
    said = aws.client("cloudfront").get_distribution(Id=distribution)["Distribution"]["DomainName"]
    assert said.endswith(".cloudfront.net")


def test_it_lets_people_sign_up_where_only_commanders_invite(aws: Emulator) -> None:
    """On AWS: NotAuthorizedException. Therefore tests assert the pool's setting, not the refusal;
    and that whoever signed up has no group and gets nowhere.
    """
    outputs = api_outputs(aws)
    cognito = aws.client("cognito-idp")
    pool = cognito.describe_user_pool(UserPoolId=outputs["UserPoolId"])["UserPool"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    address = "nobody@example.com"
    cognito.sign_up(ClientId=outputs["ClientId"], Username=address, Password="Breakwater-local-1")
    cognito.admin_delete_user(UserPoolId=outputs["UserPoolId"], Username=address)


def test_ec2_has_no_list_of_all_launch_templates_versions(aws: Emulator) -> None:
    """On AWS: the default version of each. Therefore ec2_launch_networks.py asks one by one for
    those that are not in the list.
    """
    ec2 = aws.client("ec2")
    with pytest.raises(ec2.exceptions.ClientError, match=r"InvalidLaunchTemplateId\.NotFound"):
        ec2.describe_launch_template_versions(Versions=["$Default"])


def test_functions_run_in_the_emulators_own_python(aws: Emulator) -> None:
    """On AWS: the runtime named. Therefore tests/contract/test_runtime_asset.py."""
    name = physical_id(aws, "api", "HealthFunction64F2C32C")
    function = aws.client("lambda").get_function_configuration(FunctionName=name)
    assert function["Runtime"] == "python3.14"
    payload = aws.client("lambda").invoke(FunctionName=name)["Payload"]
    assert json.loads(payload.read())["statusCode"] == 200


def test_its_policy_simulation_looks_at_one_resource_and_at_no_context() -> None:
    """On AWS: at all of them. Therefore local/breakwater_local/policy_simulation.py, which the
    emulator that we start has in it; this is the emulator as it comes.
    """
    asked = {
        "ActionNames.member.1": ["a:b"],
        "ResourceArns.member.1": ["arn:one"],
        "ResourceArns.member.2": ["arn:two"],
        "ContextEntries.member.1.ContextKeyName": ["aws:ViaAWSService"],
        "ContextEntries.member.1.ContextKeyValues.member.1": ["true"],
    }
    assert iam._extract_simulate_params(asked) == (["a:b"], "arn:one")
    actions, mended = policy_simulation.asked(asked)
    assert (actions, mended.resources) == (["a:b"], ("arn:one", "arn:two"))
    assert mended.context == {"aws:viaawsservice": "true"}


def test_a_queue_that_asks_for_tls_refuses_everyone(aws: Emulator) -> None:
    """On AWS: clients come with TLS. Therefore `require_tls` of ExecutionIndex is off there."""
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="differences-tls")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": arn["QueueArn"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.send_message(QueueUrl=url, MessageBody="x")


def test_executions_cannot_be_redriven(aws: Emulator) -> None:
    """On AWS: they can. Therefore tests/unit/index/world.py."""
    states = aws.client("stepfunctions")
    definition = {"StartAt": "F", "States": {"F": {"Type": "Fail"}}}
    machine = states.create_state_machine(
        name="differences-redrive",
        definition=json.dumps(definition),
        roleArn=role_of_machines(aws, "differences-redrive"),
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    with pytest.raises(ClientError):
        states.redrive_execution(executionArn=execution)


def test_cloudfront_carries_no_sockets(aws: Emulator) -> None:
    portal = api_outputs(aws)[contract.PORTAL_URL_OUTPUT]
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
    }
    answer = ask({contract.PORTAL_URL_OUTPUT: portal}, "/live?ticket=none", headers=headers)
    assert answer.status != 101
    assert "ticket" not in answer.text  # the API has not been asked
