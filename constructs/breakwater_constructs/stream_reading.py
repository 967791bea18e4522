"""How a function takes the records of a table's stream."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.runtime_function import RuntimeFunction


def read_stream(
    function: RuntimeFunction,
    id: str,
    *,
    table: DurableTable,
    patterns: Sequence[Mapping[str, Any]],
    dead_letters: sqs.Queue,
) -> lambda_.CfnEventSourceMapping:
    """Records that match one of these patterns, from now on, as soon as there are any.

    The function lays aside by itself what it cannot take; what killed it so often that it could
    not goes to the same queue.
    """
    stream = table.table.table_stream_arn
    if stream is None:
        raise ValueError(f"{table.label} has no stream: its shape in the contract says so")
    grant_read_stream(function, stream)
    # Plain: CDK's own mapping also grants what only Lambda itself, in its own name, would need.
    mapping = lambda_.CfnEventSourceMapping(
        function,
        id,
        function_name=function.function.function_name,
        event_source_arn=stream,
        starting_position="LATEST",
        filter_criteria={"filters": [{"pattern": json.dumps(one)} for one in patterns]},
        batch_size=50,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=3,
        maximum_record_age_in_seconds=600,
        destination_config={"onFailure": {"destination": dead_letters.queue_arn}},
    )
    mapping.node.add_dependency(function.role)  # Lambda looks at once whether the role may read
    return mapping


def grant_read_stream(function: RuntimeFunction, stream_arn: str) -> None:
    """What Lambda needs to bring the records of a stream, in the function's name."""
    iam.Grant.add_to_principal(
        grantee=function,
        actions=["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resource_arns=[stream_arn],
    )
    iam.Grant.add_to_principal(
        grantee=function, actions=["dynamodb:ListStreams"], resource_arns=["*"]
    )
