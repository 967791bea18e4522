"""The recovery stack: what speaks to people when something happens."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.notifications import Notifications
from stacks.breakwater_stack import BreakwaterStack
from stacks.environments import Environment


class RecoveryStack(BreakwaterStack):
    """Notifications, and alarms on the tables."""

    part = "recovery"
    holds = "notifications and alarms"

    def __init__(
        self, scope: Construct, environment: Environment, *, tables: Sequence[DurableTable]
    ) -> None:
        super().__init__(scope, environment)
        self.notifications = Notifications(
            self,
            "Notifications",
            notification_email=environment.notification_email,
            alarm_email=environment.alarm_email,
        )
        if environment.alarms:
            for table in tables:
                self._alarm_on_throttles(table)
            if not environment.alarm_email and not environment.embedded:
                cdk.Annotations.of(self).add_warning_v2(
                    "breakwater:no-alarm-email",
                    f"Alarms of {environment.name!r} reach nobody: set alarm_email in "
                    "stacks/environments.py.",
                )

    def _alarm_on_throttles(self, table: DurableTable) -> None:
        """Two plain alarms: the embedded AWS knows no metric math, and two cost the same."""
        name = table.node.id
        metrics = {
            "Reads": table.metric_throttled_reads(),
            "Writes": table.metric_throttled_writes(),
        }
        for what, metric in metrics.items():
            alarm = cloudwatch.Alarm(
                self,
                f"{name}{what}Throttled",
                alarm_description=f"DynamoDB refuses {what.lower()} of {name}: one key is too "
                "busy. See docs/operations.md, troubleshooting.",
                metric=metric,
                threshold=1,
                evaluation_periods=1,
                comparison_operator=(
                    cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
                ),
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            self.notifications.raise_on(alarm)
