"""A token bucket per caller, shared by every copy of every function.

The bucket is one number per caller in the Requests table: the moment at which it would be empty if
the caller stopped now (the theoretical arrival time of GCRA). One conditional write per request
takes a token, two when the bucket was full, three when others met there; nothing is read.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater.platform.http.errors import TooManyRequests

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much one caller may ask."""

    per_second: float = 20.0
    burst: int = 60
    """How many requests may come at one moment after a pause."""


class RateLimit:
    """Takes tokens; refuses with Retry-After when there is none."""

    def __init__(self, client: "DynamoDBClient", table: str, allowance: Allowance) -> None:
        self._client = client
        self._table = table
        self._interval = 1.0 / allowance.per_second
        self._tolerance = self._interval * (allowance.burst - 1)

    def take(self, caller: str, now: float) -> None:
        """Take one token of this caller's, at this moment (epoch seconds)."""
        latest = now + self._tolerance
        empty_at = latest
        # Of several who find a bucket full, one makes it not full: the others then take the rest.
        for write in (self._take_more, self._take_of_full, self._take_more):
            refused_at = write(caller, now)
            if refused_at is None:
                return
            empty_at = refused_at
            if empty_at > latest:
                break
        wait = math.ceil(max(empty_at - latest, 1.0))
        raise TooManyRequests(
            f"Too many requests. Wait {wait} s and try again.",
            details={"retryAfterSeconds": wait},
            headers={"Retry-After": str(wait)},
        )

    def _take_more(self, caller: str, now: float) -> float | None:
        """The usual case of a busy caller: the bucket is neither full nor empty."""
        return self._write(
            caller,
            "SET emptyAt = emptyAt + :interval, expiresAt = :expires",
            "emptyAt > :now AND emptyAt <= :latest",
            now,
            {":interval": self._interval, ":latest": now + self._tolerance, ":now": now},
        )

    def _take_of_full(self, caller: str, now: float) -> float | None:
        """The bucket is full, or was never used."""
        return self._write(
            caller,
            "SET emptyAt = :first, expiresAt = :expires",
            "attribute_not_exists(emptyAt) OR emptyAt <= :now",
            now,
            {":first": now + self._interval, ":now": now},
        )

    def _write(
        self, caller: str, update: str, condition: str, now: float, numbers: dict[str, float]
    ) -> float | None:
        """None when a token was taken, else the bucket's number; 0 where there is no bucket."""
        values: dict[str, Any] = {name: {"N": f"{value:.6f}"} for name, value in numbers.items()}
        values[":expires"] = {"N": str(int(now) + 3600)}
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"idempotencyKey": {"S": f"RATE#{caller}"}},
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            old: Any = refused.response.get("Item", {})
            return float(old.get("emptyAt", {}).get("N", 0))
        return None
