"""Tells other systems: every delta is one event on the bus of changes. Calls PutEvents."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from breakwater import contract

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient

_TOGETHER = 10


class NotPublished(RuntimeError):
    """The bus did not take some events; those are worth telling again."""


class ChangeBus:
    """The bus. It is none that Breakwater reads from: what is told here cannot come back."""

    def __init__(self, client: "EventBridgeClient | Any", bus: str) -> None:
        self._client = client
        self._bus = bus

    def tell(self, change_id: str, deltas: Iterable[Mapping[str, Any]]) -> None:
        """Publish what one thing that happened means; NotPublished if not all was taken."""
        entries = [
            {
                "EventBusName": self._bus,
                "Source": contract.LIVE_EVENT_SOURCE,
                "DetailType": contract.LIVE_EVENT,
                "Detail": json.dumps({"id": f"{change_id}.{number}", **delta}),
            }
            for number, delta in enumerate(deltas)
        ]
        self.put(entries)

    def put(self, entries: list[dict[str, Any]]) -> None:
        """Ten at a time, as EventBridge takes them."""
        for start in range(0, len(entries), _TOGETHER):
            answer = self._client.put_events(Entries=entries[start : start + _TOGETHER])
            if answer["FailedEntryCount"]:
                errors = {one["ErrorCode"] for one in answer["Entries"] if "ErrorCode" in one}
                raise NotPublished(f"The bus {self._bus} refused events: {sorted(errors)}")
