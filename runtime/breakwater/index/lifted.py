"""What is taken out of an execution's input: search attributes, and other fields. Pure.

A path is dotted: `order.id`, `items.0.sku`. What is not there, or is no single value, is left out.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_TEXT = 256
_LARGEST = 10**38  # DynamoDB keeps 38 digits
_SMALLEST = 1e-100


def parsed(text: str | None) -> Any:
    """The input as values; None where there is none, or where it is no JSON."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None  # Step Functions accepts JSON only: a kept copy that was cut, or an odd sender


def at_path(document: Any, path: str) -> str | int | float | bool | None:
    """The single value at a dotted path."""
    for step in path.split("."):
        if isinstance(document, Mapping):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return _single(document)


def lifted(document: Any, paths: Iterable[str]) -> dict[str, Any]:
    """Path → value, for the paths at which there is one."""
    found = {path: at_path(document, path) for path in paths}
    return {path: value for path, value in found.items() if value is not None}


def search_key(path: str, value: str | float) -> str:
    """What a search for exactly this value looks for: type and value, so "1" is not 1."""
    if isinstance(value, bool):
        return f"{path}=B:{str(value).lower()}"
    if isinstance(value, int | float):
        whole = int(value) if float(value).is_integer() and abs(value) < 1e15 else value
        return f"{path}=N:{whole}"
    return f"{path}=S:{value}"


def _single(value: Any) -> str | int | float | bool | None:
    match value:
        case bool():
            return value
        case str():
            # Half characters, which JSON can carry, can't be stored.
            return value.encode("utf-8", "replace").decode()[:LONGEST_TEXT] or None
        case int():
            return value if abs(value) < _LARGEST else str(value)[:LONGEST_TEXT]
        case float() if math.isfinite(value):
            size = abs(value)
            return value if size == 0 or _SMALLEST < size < _LARGEST else repr(value)
    return None


def typed(text: str) -> str | int | float | bool:
    """A value as people write it in a search: JSON if it is a single value of JSON, else text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    single = _single(value)
    return text if single is None else single
