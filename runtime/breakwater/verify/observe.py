"""Asks AWS about a deployment. Reads only. It calls:

cloudformation: DescribeStacks, ListStackResources; dynamodb: DescribeTable,
DescribeContinuousBackups; lambda: GetFunctionConfiguration; sns: ListSubscriptionsByTopic;
cloudwatch: DescribeAlarms.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.verify import judge
from breakwater.verify.judge import Finding

if TYPE_CHECKING:
    import boto3
    from types_boto3_cloudformation.type_defs import StackTypeDef

HEALTH_TIMEOUT_SECONDS = 20


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
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        for page in pages:
            for resource in page["StackResourceSummaries"]:
                yield from _resource(
                    session,
                    resource["ResourceType"],
                    resource["LogicalResourceId"],
                    resource.get("PhysicalResourceId", ""),
                    guarded=guarded,
                )
        for output in stack.get("Outputs", []):
            if output.get("OutputKey") == contract.API_URL_OUTPUT:
                yield _health(output.get("OutputValue", "") + contract.HEALTH_PATH)


def _stack(session: "boto3.Session", name: str) -> "StackTypeDef | None":
    try:
        return session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation has no code of its own for a stack that is not there.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise


def _resource(
    session: "boto3.Session", kind: str, logical: str, physical: str, *, guarded: bool
) -> Iterator[Finding]:
    try:
        if kind == "AWS::DynamoDB::Table":
            dynamodb = session.client("dynamodb")
            yield judge.table(
                logical,
                dynamodb.describe_table(TableName=physical)["Table"],
                dynamodb.describe_continuous_backups(TableName=physical)[
                    "ContinuousBackupsDescription"
                ],
                guarded=guarded,
            )
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


def _health(url: str) -> Finding:
    request = urllib.request.Request(_reachable(url), headers={"Host": urlsplit(url).netloc})
    try:
        with urllib.request.urlopen(request, timeout=HEALTH_TIMEOUT_SECONDS) as answer:
            return judge.health(url, answer.status, _json(answer.read()))
    except urllib.error.HTTPError as error:
        return judge.health(url, error.code, _json(error.read()))
    except (OSError, ValueError) as error:
        return judge.health(url, None, None, f"no answer: {error}")


def _reachable(url: str) -> str:
    """Names below `.localhost` are this machine (RFC 6761), but few resolvers know."""
    parts = urlsplit(url)
    if (parts.hostname or "").endswith(".localhost"):
        netloc = f"127.0.0.1:{parts.port}" if parts.port else "127.0.0.1"
        return urlunsplit(parts._replace(netloc=netloc))
    return url


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
