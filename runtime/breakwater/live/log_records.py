"""What CloudWatch Logs pushes of a state machine → events, without payloads. Pure.

Only what steps are made of is kept: what an execution was given, and gave, stays in the log.
"""

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Event = dict[str, Any]
_KEPT = ("name", "index", "length", "error", "resource", "resourceType", "redriveCount")
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
_DETAILS = "EventDetails"


class NotAPush(ValueError):
    """This is nothing that a subscription of CloudWatch Logs sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a push brings; nothing, if it is a control message."""

    events: dict[str, list[Event]] = field(default_factory=dict)
    """Execution ARN → its events, in the order of their numbers."""

    odd: list[tuple[Any, str]] = field(default_factory=list)
    """Lines that are no records of a state machine, and why."""


def pushed_events(push: Mapping[str, Any]) -> Pushed:
    """What is in a push. A line that nobody understands is that line's trouble."""
    try:
        told = json.loads(gzip.decompress(base64.b64decode(push["awslogs"]["data"])))
        lines = list(told["logEvents"]) if told["messageType"] == "DATA_MESSAGE" else []
    except (*_MALFORMED, OSError, EOFError, binascii.Error, zlib.error) as error:
        raise NotAPush(f"No records of a state machine's log: {error!r}") from error
    found: dict[str, list[Event]] = {}
    odd: list[tuple[Any, str]] = []
    for line in lines:
        try:
            record = json.loads(line["message"])
            event = _of_record(record)
            found.setdefault(str(record["execution_arn"]), []).append(event)
        except _MALFORMED as error:
            odd.append((line, f"No record of a state machine's log: {error!r}"))
    return Pushed(
        events={arn: sorted(events, key=number_of) for arn, events in found.items()}, odd=odd
    )


def plain(event: Mapping[str, Any]) -> Event:
    """An event of a history, in the form of a log: numbers as text, one member for details."""
    details: Mapping[str, Any] = next(
        (value for name, value in event.items() if name.endswith(_DETAILS)), {}
    )
    at: datetime = event["timestamp"]
    return {
        "id": str(int(event["id"])),
        "type": str(event["type"]),
        "previousEventId": int(event.get("previousEventId") or 0),
        "timestamp": at.isoformat(),
        "details": _slim(details),
    }


def number_of(event: Mapping[str, Any]) -> int:
    """Its number in the history."""
    return int(event["id"])


def merged(known: Iterable[Event], new: Iterable[Event]) -> list[Event]:
    """Each event once, in the order of their numbers."""
    by_number = {number_of(event): event for event in (*known, *new)}
    return [by_number[number] for number in sorted(by_number)]


def unbroken(events: Iterable[Event]) -> list[Event]:
    """From the first one on, as far as none is missing."""
    whole: list[Event] = []
    for number, event in enumerate(events, start=1):
        if number_of(event) != number:
            break
        whole.append(event)
    return whole


def _of_record(record: Mapping[str, Any]) -> Event:
    return {
        "id": str(int(record["id"])),
        "type": str(record["type"]),
        "previousEventId": int(record.get("previous_event_id") or 0),
        "timestamp": int(record["event_timestamp"]),
        "details": _slim(record.get("details") or {}),
    }


def _slim(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: details[name] for name in _KEPT if details.get(name) is not None}
