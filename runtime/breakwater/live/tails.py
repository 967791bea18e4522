"""Which executions are watched, and who reads their histories, in the Live table.

All tailers together may make so few calls that one loop makes them all: the worker. Whoever adds an
execution looks whether it is there, and starts it if not. It goes when nothing is left to watch,
and looks once more after it has said so: an execution that was added meanwhile is seen by one of
the two. Calls GetItem, UpdateItem, DeleteItem and Query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater.platform.attribute_values import from_item, to_attribute
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LEASE_SECONDS = 10.0
STARTING = "starting"
_TAILS = "tails"
_WORKER = "#WORKER"
_STAYS = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """An execution whose steps somebody wants to see."""

    execution_arn: str
    touched: str
    """When it was last asked for."""

    pushed_until: float = 0.0
    """Until then the state machine's own log tells: nothing is read."""


class Tails:
    """The leases."""

    def __init__(
        self, client: "DynamoDBClient", table: str, *, clock: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def watch(self, execution_arn: str) -> None:
        """Somebody listens to this execution."""
        now = self._clock()
        self._client.update_item(
            TableName=self._table,
            Key=_key(execution_arn),
            UpdateExpression="SET touched = :now, expiresAt = :expires",
            ExpressionAttributeValues={
                ":now": {"S": iso(now)},
                ":expires": {"N": str(int(now.timestamp()) + _STAYS)},
            },
        )

    def pushed(self, execution_arn: str, until: float) -> None:
        """Its log tells by itself, at least until then."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(execution_arn),
                UpdateExpression="SET pushedUntil = :until",
                ConditionExpression="attribute_exists(touched)",
                ExpressionAttributeValues={":until": to_attribute(until)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # nobody watches it, so nobody would read it

    def watched(self) -> list[Tail]:
        """All of them."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="topic = :tails AND #entry > :worker",
            ExpressionAttributeNames={"#entry": "entry"},
            ExpressionAttributeValues={":tails": {"S": _TAILS}, ":worker": {"S": _WORKER}},
            ConsistentRead=True,
        )
        return [
            Tail(
                execution_arn=values["entry"],
                touched=values["touched"],
                pushed_until=float(values.get("pushedUntil", 0.0)),
            )
            for page in pages
            for values in map(from_item, page["Items"])
            if "touched" in values
        ]

    def let_go(self, tail: Tail) -> bool:
        """Watch it no more; False if somebody asked for it meanwhile."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=_key(tail.execution_arn),
                ConditionExpression="touched = :seen",
                ExpressionAttributeValues={":seen": {"S": tail.touched}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def claim_start(self) -> bool:
        """May I start the worker? Not while there is one, or somebody else starts it."""
        return self._take(STARTING, "attribute_not_exists(holder) OR heldUntil < :now")

    def take_lock(self, owner: str) -> bool:
        """I am the worker, from now on or still; False if there is another."""
        free = "attribute_not_exists(holder) OR heldUntil < :now OR holder IN (:owner, :starting)"
        return self._take(owner, free, {":starting": {"S": STARTING}})

    def hand_over(self, owner: str) -> bool:
        """Somebody else is about to be the worker."""
        return self._take(STARTING, "holder = :before", {":before": {"S": owner}}, now=False)

    def release(self, owner: str) -> None:
        """There is no worker now."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=_key(_WORKER),
                ConditionExpression="holder = :owner",
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # another has taken over: it is that one's

    def _take(
        self,
        owner: str,
        condition: str,
        values: dict[str, Any] | None = None,
        *,
        now: bool = True,
    ) -> bool:
        moment = self._clock().timestamp()
        given: dict[str, Any] = {
            ":owner": {"S": owner},
            ":until": to_attribute(moment + LEASE_SECONDS),
            ":expires": {"N": str(int(moment) + _STAYS)},
            **({":now": to_attribute(moment)} if now else {}),
            **(values or {}),
        }
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(_WORKER),
                UpdateExpression="SET holder = :owner, heldUntil = :until, expiresAt = :expires",
                ConditionExpression=condition,
                ExpressionAttributeValues=given,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key(entry: str) -> dict[str, Any]:
    return {"topic": {"S": _TAILS}, "entry": {"S": entry}}
