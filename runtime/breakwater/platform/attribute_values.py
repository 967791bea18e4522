"""Plain values ↔ DynamoDB's: what is JSON here is readable attributes there, and comes back as is.

Text, numbers, truth, nothing, lists and maps. A set of strings is read as a sorted list; it
is written by the update that maintains it.
"""

import math
from collections.abc import Mapping
from typing import Any


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """An item, attribute by attribute."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """What the item says, as plain values."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


def to_attribute(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - one per kind
    """One value as DynamoDB wants it."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": str(value)}
        case int():
            return {"N": str(value)}
        case float() if math.isfinite(value):
            return {"N": repr(value)}
        case Mapping():
            return {"M": to_item(value)}
        case list() | tuple():
            return {"L": [to_attribute(part) for part in value]}
    raise TypeError(f"{value!r} is a {type(value).__name__}, which no attribute of ours holds")


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """One value as Python has it."""
    [(kind, value)] = attribute.items()
    match kind:
        case "NULL":
            return None
        case "S" | "BOOL":
            return value
        case "N":
            return int(value) if value.lstrip("-").isdigit() else float(value)
        case "M":
            return from_item(value)
        case "L":
            return [from_attribute(part) for part in value]
        case "SS":
            return sorted(value)
    raise TypeError(f"an attribute of type {kind} is none of ours")
