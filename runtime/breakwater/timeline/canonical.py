"""An event in the form that the reconstruction reads, whatever wrote it.

boto3 and the AWS CLI write it so already. CloudWatch Logs writes numbers as text and calls some
members otherwise. What has no number, or one below zero, or no type cannot be an event.
"""

from collections.abc import Mapping
from typing import Any

from breakwater.timeline.event_rules import rule_of


def canonical(event: Any) -> dict[str, Any] | None:
    """The event with an `id` that is a number and a `type` that is text; None if it has none."""
    if not isinstance(event, Mapping):
        return None
    number, kind = whole_number(event.get("id")), event.get("type")
    if number is None or number < 0 or not isinstance(kind, str):
        return None
    made = {**event, "id": number, "type": str(kind)}
    previous = whole_number(event.get("previousEventId", event.get("previous_event_id")))
    if previous is not None:
        made["previousEventId"] = previous
    if "event_timestamp" in event:
        made.setdefault("timestamp", event["event_timestamp"])
    member = rule_of(made["type"]).member
    if isinstance(event.get("details"), Mapping) and member not in made:
        made[member] = dict(event["details"])
    elif isinstance(made.get(member), Mapping):
        made[member] = dict(made[member])
    return made


def whole_number(told: Any) -> int | None:
    """A number, or text that is one; CloudWatch Logs writes `"3"`."""
    if isinstance(told, bool):
        return None
    if isinstance(told, int):
        return int(told)
    if isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 16:
        return int(told)
    return None
