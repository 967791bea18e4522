"""Tells other systems: every delta is one event on the bus of changes. Calls PutEvents."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from breakwater import contract
from breakwater.live.changes import Told
from breakwater.live.frames import Delta

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

_TOGETHER = 10


class NotPublished(RuntimeError):
    """The bus did not take some events; those are worth telling again."""


class ChangeBus:
    """The bus. It is none that Breakwater reads from: what is told here cannot come back."""

    def __init__(self, client: "EventBridgeClient | Any", bus: str) -> None:
        self._client = client
        self._bus = bus

    def tell(self, told: Sequence[Told]) -> dict[str, Exception]:
        """Publish these; the ids of those that were not taken whole, and why."""
        entries = [
            (one.id, self._entry(f"{one.id}.{number}", delta))
            for one in told
            for number, delta in enumerate(one.deltas)
        ]
        refused: dict[str, Exception] = {}
        for start in range(0, len(entries), _TOGETHER):
            part = entries[start : start + _TOGETHER]
            for (change_id, _), error in zip(part, self._put(part), strict=True):
                if error is not None:
                    refused[change_id] = NotPublished(f"{self._bus}: {error}")
        return refused

    def _put(self, part: "Sequence[tuple[str, PutEventsRequestEntryTypeDef]]") -> list[str | None]:
        """Of each event, why it was not taken."""
        try:
            answer = self._client.put_events(Entries=[entry for _, entry in part])
        except (ClientError, BotoCoreError) as error:
            return [f"{type(error).__name__}: {error}"] * len(part)
        return [result.get("ErrorCode") for result in answer["Entries"]]

    def _entry(self, event_id: str, delta: Delta) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus,
            "Source": contract.LIVE_EVENT_SOURCE,
            "DetailType": contract.LIVE_EVENT,
            "Detail": json.dumps({"id": event_id, **delta}),
        }
