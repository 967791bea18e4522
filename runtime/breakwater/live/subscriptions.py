"""Who is connected, and who listens to what, in the Live table.

A connection is one item with the names of its topics; a subscription is one item beside the topic's
log, so that whoever has something to tell finds the listeners with one Query. Both leave by
themselves when no ping renews them: a connection whose end nobody told is forgotten in minutes.
Calls GetItem, PutItem, UpdateItem, DeleteItem, BatchWriteItem and Query.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from breakwater.live.limits import MOST_TOPICS, SUBSCRIPTION_SECONDS
from breakwater.live.ticket import Ticket
from breakwater.platform.attribute_values import from_item, to_attribute, to_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_CONNECTION = "CONNECTION"
_LISTENER = "LISTENER#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A client that is connected."""

    id: str
    holder: Ticket
    topics: frozenset[str]


class TooManyTopics(Exception):
    """A connection listens to as much as it may already."""


class Subscriptions:
    """Connections and listeners."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def connect(self, connection_id: str, holder: Ticket, now: float) -> None:
        """Somebody is there."""
        self._client.put_item(
            TableName=self._table,
            Item={
                **_connection_key(connection_id),
                **to_item({**holder.to_values(), "expiresAt": _expiry(now)}),
            },
        )

    def connection(self, connection_id: str) -> Connection | None:
        """Who is there; None when nobody is known under this id."""
        item = self._client.get_item(
            TableName=self._table, Key=_connection_key(connection_id), ConsistentRead=True
        ).get("Item")
        if not item:
            return None
        values = from_item(item)
        return Connection(
            id=connection_id,
            holder=Ticket.from_values(values, expires_at=0.0),
            topics=frozenset(values.get("topics", ())),
        )

    def listen(self, connection: Connection, topic: str, now: float) -> None:
        """From now on it hears of this; TooManyTopics if that is one too many."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_connection_key(connection.id),
                UpdateExpression="ADD topics :topic SET expiresAt = :expires",
                ConditionExpression=(
                    "attribute_exists(topic) AND (attribute_not_exists(topics) "
                    "OR contains(topics, :name) OR size(topics) < :most)"
                ),
                ExpressionAttributeValues={
                    ":topic": {"SS": [topic]},
                    ":name": {"S": topic},
                    ":most": {"N": str(MOST_TOPICS)},
                    ":expires": {"N": str(_expiry(now))},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            raise TooManyTopics(topic) from refused
        self._client.put_item(TableName=self._table, Item=_listener(connection, topic, now))

    def unlisten(self, connection_id: str, topic: str) -> None:
        """It hears no more of this."""
        self._update(connection_id, "DELETE topics :topic", {":topic": {"SS": [topic]}})
        self.forget(connection_id, topic)

    def forget(self, connection_id: str, topic: str) -> None:
        """Nobody is there any more to hear of this."""
        self._client.delete_item(TableName=self._table, Key=_listener_key(topic, connection_id))

    def renew(self, connection: Connection, now: float) -> None:
        """It is still there, and still listens."""
        expires = {":expires": {"N": str(_expiry(now))}}
        if not self._update(connection.id, "SET expiresAt = :expires", expires):
            return
        self._batch(
            [
                {"PutRequest": {"Item": _listener(connection, topic, now)}}
                for topic in sorted(connection.topics)
            ]
        )

    def disconnect(self, connection_id: str) -> Collection[str]:
        """It is gone; to what it listened."""
        told = self._client.delete_item(
            TableName=self._table, Key=_connection_key(connection_id), ReturnValues="ALL_OLD"
        )
        topics = from_item(told.get("Attributes") or {}).get("topics", [])
        self._batch(
            [{"DeleteRequest": {"Key": _listener_key(topic, connection_id)}} for topic in topics]
        )
        return list(topics)

    def listeners(self, topic: str, now: float) -> list[str]:
        """The ids of connections that are to hear of this topic."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="topic = :topic AND begins_with(#entry, :listener)",
            ExpressionAttributeNames={"#entry": "entry"},
            ExpressionAttributeValues={":topic": {"S": topic}, ":listener": {"S": _LISTENER}},
            ConsistentRead=True,
        )
        return [
            values["entry"].removeprefix(_LISTENER)
            for page in pages
            for values in map(from_item, page["Items"])
            if now < min(values["signedInUntil"], values["expiresAt"])
        ]

    def _update(self, connection_id: str, update: str, values: dict[str, Any]) -> bool:
        """False if it is gone meanwhile: nothing is left behind by it."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_connection_key(connection_id),
                UpdateExpression=update,
                ConditionExpression="attribute_exists(topic)",
                ExpressionAttributeValues=values,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _batch(self, requests: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(requests), 25):
            left: dict[str, Any] = {self._table: requests[start : start + 25]}
            while left:
                left = self._client.batch_write_item(RequestItems=left).get("UnprocessedItems", {})


def _connection_key(connection_id: str) -> dict[str, Any]:
    return {"topic": {"S": f"connection#{connection_id}"}, "entry": {"S": _CONNECTION}}


def _listener_key(topic: str, connection_id: str) -> dict[str, Any]:
    return {"topic": {"S": topic}, "entry": {"S": f"{_LISTENER}{connection_id}"}}


def _listener(connection: Connection, topic: str, now: float) -> dict[str, Any]:
    return {
        **_listener_key(topic, connection.id),
        "signedInUntil": to_attribute(connection.holder.signed_in_until),
        "expiresAt": to_attribute(_expiry(now)),
    }


def _expiry(now: float) -> int:
    return int(now) + SUBSCRIPTION_SECONDS
