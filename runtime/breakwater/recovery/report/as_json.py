"""Frozen dataclasses → camelCase JSON in which every field is there, null where it is unknown.

Readers of a report need not ask whether a field exists. Enums are their words, times are ISO-8601.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from breakwater.platform import clock


def as_json(value: Any) -> Any:
    """This value as JSON has it."""
    match value:
        case Enum():
            told = value.value
        case datetime():
            told = clock.iso(value)
        case Decimal():
            told = int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            told = {str(key): as_json(one) for key, one in value.items()}
        case tuple() | list() | set() | frozenset():
            told = [as_json(one) for one in value]
        case _ if is_dataclass(value):
            told = {camel(one.name): as_json(getattr(value, one.name)) for one in fields(value)}
        case _:
            told = value
    return told


def camel(name: str) -> str:
    """`started_at` → `startedAt`."""
    first, *more = name.split("_")
    return first + "".join(word.capitalize() for word in more)
