"""Asks AWS about a deployment. Reads only. It calls:

cloudformation: DescribeStacks, ListStackResources, GetTemplate; dynamodb: DescribeTable,
DescribeContinuousBackups, DescribeTimeToLive, GetResourcePolicy; lambda: GetFunctionConfiguration;
sns: ListSubscriptionsByTopic; cloudwatch: DescribeAlarms. On this machine also the DRS simulator.
"""

import json
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.verify import judge
from breakwater.verify.ask import ask_health, ask_simulator
from breakwater.verify.judge import Finding
from breakwater.verify.tables import TableSeen, judge_table

if TYPE_CHECKING:
    import boto3
    from types_boto3_cloudformation.type_defs import StackTypeDef
    from types_boto3_dynamodb import DynamoDBClient

_EMBEDDED = "local"
_DRS_ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_DRS"


def observe(session: "boto3.Session", environment: str) -> Iterator[Finding]:
    """Findings, each as soon as it is known."""
    cloudformation = session.client("cloudformation")
    for part in contract.STACKS:
        name = contract.stack_name(environment, part)
        stack = _stack(session, name)
        finding = judge.stack(name, stack["StackStatus"] if stack else None, environment)
        yield finding
        if stack is None or finding.verdict is judge.Verdict.PROBLEM:
            continue
        guarded = bool(stack.get("EnableTerminationProtection"))
        template = _template(session, name)
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        for page in pages:
            for resource in page["StackResourceSummaries"]:
                yield from _resource(
                    session,
                    resource["ResourceType"],
                    resource["LogicalResourceId"],
                    resource.get("PhysicalResourceId", ""),
                    template.get(resource["LogicalResourceId"], {}).get("Properties", {}),
                    guarded=guarded,
                )
        for output in stack.get("Outputs", []):
            if output.get("OutputKey") == contract.API_URL_OUTPUT:
                yield ask_health(output.get("OutputValue", "") + contract.HEALTH_PATH)
    if environment == _EMBEDDED:
        yield ask_simulator(os.environ.get(_DRS_ENDPOINT_VARIABLE))


def _stack(session: "boto3.Session", name: str) -> "StackTypeDef | None":
    try:
        return session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation has no code of its own for a stack that is not there.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise


def _template(session: "boto3.Session", name: str) -> dict[str, Any]:
    """Logical id → resource, as they were deployed."""
    body: Any = session.client("cloudformation").get_template(StackName=name)["TemplateBody"]
    content = json.loads(body) if isinstance(body, str) else body
    resources: dict[str, Any] = content["Resources"]
    return resources


def _resource(
    session: "boto3.Session",
    kind: str,
    logical: str,
    physical: str,
    template: Mapping[str, Any],
    *,
    guarded: bool,
) -> Iterator[Finding]:
    try:
        if kind == "AWS::DynamoDB::Table":
            seen = _table(session.client("dynamodb"), physical)
            yield from judge_table(logical, seen, template, guarded=guarded)
        elif kind == "AWS::Lambda::Function":
            configuration = session.client("lambda").get_function_configuration(
                FunctionName=physical
            )
            yield judge.function(logical, configuration)
        elif kind == "AWS::SNS::Topic":
            yield from _subscriptions(session, logical, physical, guarded=guarded)
        elif kind == "AWS::CloudWatch::Alarm":
            cloudwatch = session.client("cloudwatch")
            for alarm in cloudwatch.describe_alarms(AlarmNames=[physical])["MetricAlarms"]:
                yield judge.alarm(
                    logical, alarm.get("StateValue", ""), alarm.get("StateReason", "")
                )
    except ClientError as error:
        yield judge.problem(
            f"{kind} {logical}",
            f"AWS answered {error.response['Error']['Code']}: {error.response['Error']['Message']}",
            "Deleted outside the stack, or you may not look at it.",
        )


def _table(dynamodb: "DynamoDBClient", name: str) -> TableSeen:
    description = dynamodb.describe_table(TableName=name)["Table"]
    try:
        policy = dynamodb.get_resource_policy(ResourceArn=description.get("TableArn", name))
    except dynamodb.exceptions.PolicyNotFoundException:
        policy = None
    backups = dynamodb.describe_continuous_backups(TableName=name)
    return TableSeen(
        description=description,
        recovery=backups["ContinuousBackupsDescription"],
        expiry=dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        policy=policy["Policy"] if policy else None,
    )


def _subscriptions(
    session: "boto3.Session", logical: str, topic: str, *, guarded: bool
) -> Iterator[Finding]:
    paginator = session.client("sns").get_paginator("list_subscriptions_by_topic")
    nobody = True
    for page in paginator.paginate(TopicArn=topic):
        for entry in page["Subscriptions"]:
            nobody = False
            yield judge.subscription(
                logical, entry.get("Endpoint", "?"), entry.get("SubscriptionArn", "")
            )
    if nobody and guarded:
        yield judge.no_subscription(logical)
