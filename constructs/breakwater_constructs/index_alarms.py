"""What is watched of an execution index."""

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

if TYPE_CHECKING:
    from breakwater_constructs.execution_index import ExecutionIndex


class IndexAlarms(Construct):
    """Alarms on an index. They tell nobody by themselves: add actions to each of `alarms`."""

    def __init__(self, scope: Construct, id: str, *, index: "ExecutionIndex") -> None:
        super().__init__(scope, id)
        self.alarms = [
            self._alarm(
                "DeadLetters",
                index.metric_dead_letters(),
                "Status changes could not be indexed; they wait with their reasons. See "
                "docs/execution-index.md, dead letters.",
            ),
            self._alarm(
                "SweepFails",
                index.metric_sweep_errors(),
                "The sweep ends in errors, so what events miss is not mended. See "
                "docs/execution-index.md, the sweep.",
            ),
        ]

    def _alarm(self, id: str, metric: cloudwatch.Metric, description: str) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            id,
            alarm_description=description,
            metric=metric,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
