"""Alarms on requests that DynamoDB refuses."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from breakwater_constructs.alarm_at_one import alarm_at_one
from breakwater_constructs.durable_table import DurableTable


def throttle_alarms(scope: Construct, table: DurableTable) -> list[cloudwatch.Alarm]:
    """On the table and on each of its indexes, which DynamoDB counts apart; two plain alarms
    each, because the embedded AWS knows no metric math.
    """
    alarms = []
    for index in (None, *(shape.name for shape in table.shape.indexes)):
        name = f"{table.label}{index or ''}"
        for what, suffix, metric in (
            ("reads", "ReadsThrottled", table.metric_throttled_reads(index)),
            ("writes", "WritesThrottled", table.metric_throttled_writes(index)),
        ):
            alarms.append(
                alarm_at_one(
                    scope,
                    f"{name}{suffix}",
                    metric,
                    f"DynamoDB refuses {what} of {name}: one key is too busy. See "
                    "docs/operations.md, troubleshooting.",
                )
            )
    return alarms
