"""Takes a run's task tokens out of what a report is made from: it never leaves the backend.

No field of a report holds it; this is for texts in which it may be quoted, such as an error's. It
is done first: a text that is cut afterwards cannot keep a piece of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

Value = TypeVar("Value")
_REMOVED = "(removed)"


def without_token(value: Value, tokens: Sequence[str]) -> Value:
    """The same value; wherever a text in it held a token, it does not."""
    for token in tokens:
        value = _cleaned(value, token)
    return value


def _cleaned(value: Any, token: str) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value.replace(token, _REMOVED) if token in value else value
    if isinstance(value, Mapping):
        return {_cleaned(key, token): _cleaned(one, token) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_cleaned(one, token) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{one.name: _cleaned(getattr(value, one.name), token) for one in fields(value)}
        )
    return value
