"""A queue that keeps what nobody has taken yet."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct


def patient_queue(
    scope: Construct,
    id: str,
    *,
    require_tls: bool,
    visibility_timeout: cdk.Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    """Encrypted, TLS only, and patient: what waits is kept for fourteen days."""
    queue = sqs.Queue(
        scope,
        id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=require_tls,
        retention_period=cdk.Duration.days(14),
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
    )
    if not require_tls:
        cdk.Validations.of(queue).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-SQS4",
                reason="The embedded AWS has no certificates, and what it says never leaves this "
                "machine. On AWS the queue's policy refuses everything but TLS.",
            )
        )
    return queue


def waiting_in(queue: sqs.Queue) -> cloudwatch.Metric:
    """How much waits there."""
    return queue.metric_approximate_number_of_messages_visible(
        statistic="Sum", period=cdk.Duration.minutes(5)
    )
