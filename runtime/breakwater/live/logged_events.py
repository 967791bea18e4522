"""The events of a watched execution that logs, kept for as long as somebody watches.

One item beside the topic's frames. Calls GetItem; writes go along with what is told.
"""

import base64
import gzip
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from breakwater.live.log_records import Event
from breakwater.platform.attribute_values import from_item, to_item
from breakwater.platform.transaction import Write, write_together

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ENTRY = "LOGGED"
_LARGEST = 350_000
"""Bytes; an item of DynamoDB has 400 KB, and this is some 20,000 events."""

_STAYS = 3600


class Logged(NamedTuple):
    """What is kept."""

    events: list[Event]
    version: int


class KeptMeanwhile(Exception):
    """Another push of the same execution was kept first."""


class TooManyEvents(Exception):
    """They do not fit into an item: the history is read instead."""


class LoggedEvents:
    """The items."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, topic: str) -> Logged | None:
        """What is kept of this execution; None before its first push."""
        item = self._client.get_item(
            TableName=self._table,
            Key=to_item({"topic": topic, "entry": _ENTRY}),
            ConsistentRead=True,
        ).get("Item")
        if not item:
            return None
        values = from_item(item)
        return Logged(
            json.loads(gzip.decompress(base64.b64decode(values["events"]))), values["version"]
        )

    def kept(self, topic: str, events: Sequence[Event], before: Logged | None, now: float) -> Write:
        """The write that keeps these, if it is as it was read: else KeptMeanwhile."""
        text = base64.b64encode(gzip.compress(json.dumps(events).encode())).decode()
        if len(text) > _LARGEST:
            raise TooManyEvents(topic)
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": to_item(
                {
                    "topic": topic,
                    "entry": _ENTRY,
                    "events": text,
                    "version": (before.version if before else 0) + 1,
                    "expiresAt": int(now) + _STAYS,
                }
            ),
            "ConditionExpression": "attribute_not_exists(topic)",
        }
        if before is not None:
            put["ConditionExpression"] = "version = :seen"
            put["ExpressionAttributeValues"] = to_item({":seen": before.version})
        return Write(action={"Put": put}, refused=KeptMeanwhile)

    def write(self, write: Write) -> None:
        """Keep them, when there is nothing to tell."""
        write_together(self._client, [write])
