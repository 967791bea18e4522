"""The budget that all copies of our functions share: token buckets in the Requests table."""

from typing import TYPE_CHECKING, Any

from breakwater.platform.http.errors import TooManyRequests
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.timeline.call_budget import QUOTAS, share_of

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class SharedCallBudget:
    """One bucket per operation. Costs one write of the table per call of Step Functions."""

    def __init__(self, client: "DynamoDBClient | Any", table: str) -> None:
        """
        :param table: the Requests table's name.
        """
        self._buckets = {
            operation: RateLimit(
                client,
                table,
                Allowance(
                    per_second=share_of(operation).per_second, burst=share_of(operation).size
                ),
            )
            for operation in QUOTAS
        }
        self._paused_until: dict[str, float] = {}

    def take(self, operation: str, now: float) -> float:
        """One call of this operation, at this moment (epoch seconds)."""
        pause = self._paused_until.get(operation, 0.0) - now
        if pause > 0:
            return pause
        try:
            self._buckets[operation].take(f"aws#{operation}", now)
        except TooManyRequests as refused:
            details: Any = refused.details
            return float(details["retryAfterSeconds"])
        return 0.0

    def throttled(self, operation: str, now: float) -> None:
        """This copy makes no more calls for a moment; the others learn it from AWS themselves."""
        self._paused_until[operation] = now + 1.0 / share_of(operation).per_second
