"""An alarm on something that should never happen."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def alarm_at_one(
    scope: Construct, id: str, metric: cloudwatch.Metric, description: str
) -> cloudwatch.Alarm:
    """Raised when it happened once; quiet when nothing is told."""
    return cloudwatch.Alarm(
        scope,
        id,
        alarm_description=description,
        metric=metric,
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
