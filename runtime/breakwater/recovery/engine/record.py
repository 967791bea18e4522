"""Frozen dataclasses ↔ items of ExecutionHistory: camelCase, ISO times, nothing where it is None.

Reading is lenient, because runs stay open for months: an attribute that this release does not know
is left alone, one that is missing has the field's default.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from breakwater.platform import clock

Record = TypeVar("Record")
_ATTRIBUTE = "attribute"
AS_PART_STARTED_AT: Mapping[str, str] = {_ATTRIBUTE: "partStartedAt"}
"""Of a field that says when a part of a run began: it is not called startedAt in the table, or the
indexes by date would take the part for a run."""


def to_values(record: Any) -> dict[str, Any]:
    """A record as plain values."""
    values = {}
    for name, attribute in _names(record.__class__):
        value = getattr(record, name)
        if value is not None:
            values[attribute] = _plain(value)
    return values


def from_values(kind: type[Record], values: Mapping[str, Any]) -> Record:
    """A record of this kind from plain values."""
    described: Any = kind
    hints = _hints(described)
    given = {
        name: _read(hints[name], values[attribute])
        for name, attribute in _names(described)
        if values.get(attribute) is not None
    }
    return kind(**given)


@cache
def _names(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.name, one.metadata.get(_ATTRIBUTE) or _camel(one.name)) for one in fields(kind)
    )


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(word.capitalize() for word in more)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return clock.iso(value)
        case Enum():
            return value.value
        case tuple():
            return [_plain(one) for one in value]
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case _ if is_dataclass(value):
            return to_values(value)
    return value


def _read(hint: Any, value: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        [hint] = [one for one in arguments if one is not type(None)]
        return _read(hint, value)
    if origin is tuple:
        return tuple(_read(arguments[0], one) for one in value)
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(arguments[1], one) for key, one in value.items()}
    return _read_plain(hint, value)


def _read_plain(hint: Any, value: Any) -> Any:
    if hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_values(hint, value)
    return value
