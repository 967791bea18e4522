"""Each `grant_*` under IAM enforcement: a role with only this grant may do its use and no more.

The roles and tables are a stack of their own; each role is assumed, and every call is tried.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import aws_iam as iam
from botocore.exceptions import ClientError

from breakwater_constructs.durable_table import DurableTable
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.infrastructure.test_grants import ALLOWED, TABLE, TABLES
from tests.integration.waiting import PATIENCE

STACK = "breakwater-grants"


@pytest.fixture(scope="module")
def outputs(aws: Emulator) -> Iterator[dict[str, str]]:
    """The stack of tables and roles; output names are `<table>` and `<table><grant>`."""
    app = cdk.App()
    stack = cdk.Stack(app, STACK, synthesizer=cdk.BootstraplessSynthesizer())
    for table in TABLES:
        it = table(stack, table.__name__, retain=False, deletion_protection=False)
        cdk.CfnOutput(stack, f"Of{table.__name__}", value=it.table.table_name)
        for of, grant in ALLOWED:
            if of is table:
                role = iam.Role(
                    stack,
                    f"{table.__name__}{grant}",
                    assumed_by=iam.AccountPrincipal(ACCOUNT),
                )
                getattr(it, grant)(role)
                cdk.CfnOutput(stack, name_of(table, grant), value=role.role_arn)
    template = app.synth().get_stack_by_name(STACK).template
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": int(PATIENCE)}
    )
    [made] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    yield {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}
    cloudformation.delete_stack(StackName=STACK)


def name_of(table: type[DurableTable], grant: str) -> str:
    return f"{table.__name__}{grant.title().replace('_', '')}"


def client_of(aws: Emulator, role: str) -> Any:
    """DynamoDB, as somebody who has assumed this role."""
    given = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]
    return boto3.client(
        "dynamodb",
        endpoint_url=aws.endpoint,
        region_name=REGION,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def is_allowed(call: Callable[..., Any], **arguments: Any) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "AccessDeniedException":
            return False
        raise
    return True


def tried(client: Any, name: str, table: type[DurableTable]) -> dict[str, set[str]]:
    """Every call on the table and on each index: index name (or the table) → what was allowed."""
    shape = table.shape
    key: dict[str, Any] = {shape.partition: {"S": "probe"}}
    if shape.sort:
        key[shape.sort] = {"S": "probe"}
    calls: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "GetItem": (client.get_item, {"Key": key}),
        "PutItem": (client.put_item, {"Item": key}),
        "UpdateItem": (client.update_item, {"Key": key}),
        "DeleteItem": (client.delete_item, {"Key": key}),
        "Scan": (client.scan, {}),
    }
    allowed = {
        action
        for action, (call, words) in calls.items()
        if is_allowed(call, TableName=name, **words)
    }
    if is_allowed(client.batch_get_item, RequestItems={name: {"Keys": [key]}}):
        allowed.add("BatchGetItem")
    if is_allowed(client.batch_write_item, RequestItems={name: [{"PutRequest": {"Item": key}}]}):
        allowed.add("BatchWriteItem")
    check = {"TableName": name, "Key": key, "ConditionExpression": "attribute_not_exists(nothing)"}
    if is_allowed(client.transact_write_items, TransactItems=[{"ConditionCheck": check}]):
        allowed.add("ConditionCheckItem")
    found = {TABLE: allowed}
    for index, partition in [
        (TABLE, shape.partition),
        *((i.name, i.partition) for i in shape.indexes),
    ]:
        words = {
            "KeyConditionExpression": "#p = :p",
            "ExpressionAttributeNames": {"#p": partition},
            "ExpressionAttributeValues": {":p": {"S": "probe"}},
            **({"IndexName": index} if index else {}),
        }
        if is_allowed(client.query, TableName=name, **words):
            found.setdefault(index, set()).add("Query")
    return {index: actions for index, actions in found.items() if actions}


@pytest.mark.parametrize(
    ("table", "grant"), ALLOWED, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_role_may_do_its_use_and_no_more(
    table: type[DurableTable], grant: str, aws: Emulator, outputs: dict[str, str]
) -> None:
    client = client_of(aws, outputs[name_of(table, grant)])
    name = outputs[f"Of{table.__name__}"]
    assert tried(client, name, table) == ALLOWED[table, grant]
