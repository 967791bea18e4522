"""How a function takes what waits in a queue, one by one."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from breakwater_constructs.runtime_function import RuntimeFunction


def read_queue(
    scope: Construct, function: RuntimeFunction, queue: sqs.Queue, *, dead_letters: sqs.Queue
) -> None:
    """As `FromQueue` of the scope. What the function cannot take it lays aside by itself."""
    iam.Grant.add_to_principal(
        grantee=function, actions=["sqs:SendMessage"], resource_arns=[dead_letters.queue_arn]
    )
    queue.grant_consume_messages(function)
    # Not an event source of the function: its logical id would carry the stack's name.
    lambda_.EventSourceMapping(
        scope,
        "FromQueue",
        target=function.function,
        event_source_arn=queue.queue_arn,
        batch_size=10,
        report_batch_item_failures=True,
        max_concurrency=10,
    )
