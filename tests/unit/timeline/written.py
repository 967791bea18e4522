"""Histories written by hand, where no interpreter can make them."""

from typing import Any

from breakwater.timeline.event_rules import rule_of

Events = list[dict[str, Any]]


def events(*lines: tuple[Any, ...]) -> Events:
    """Each line: type, the event that it hangs off (None: no link), details. One a second."""
    written: Events = []
    for number, line in enumerate(lines, 1):
        kind, previous = line[0], line[1]
        event: dict[str, Any] = {
            "id": number,
            "type": kind,
            "timestamp": f"2026-03-01T03:{number // 60:02}:{number % 60:02}.000Z",
        }
        if previous is not None:
            event["previousEventId"] = previous
        if len(line) == 3:
            event[rule_of(kind).member] = line[2]
        written.append(event)
    return written


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **more}


def failed(error: str = "Broken", cause: str = "it broke") -> dict[str, Any]:
    return {"error": error, "cause": cause}
