"""Which task tokens a history holds.

They stand in the parameters of waiting tasks: under a key that is called so, under the key that
the definition fills from `$$.Task.Token`, or else: whatever long word is new there. A token is made
when the task is scheduled, so it is in neither the state's input nor the definition.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from breakwater.timeline.redaction import Redaction, is_token_key
from breakwater.timeline.step import Step

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

_MAYBE_TOKEN = re.compile(r"[\w+/=:.-]{32,2048}")
_NO_TOKEN = re.compile(r"(?:arn:|https?:|s3:)")
_DEEP = 100


def redaction_of(timeline: "Timeline", keys: Collection[str] = ()) -> Redaction:
    """What takes this execution's task tokens, and the values of these keys, out of any text."""
    return Redaction(tokens=tokens_of(timeline), keys=keys)


def tokens_of(timeline: "Timeline") -> frozenset[str]:
    """The task tokens in this history, as far as they can be known."""
    definition = timeline.definition
    found: set[str] = set()
    for step in timeline.steps:
        for attempt in step.attempts:
            if attempt.callback and attempt.parameters is not None:
                keys = definition.token_keys(step.name) if definition is not None else frozenset()
                found |= _tokens(attempt.parameters, step, keys)
    return frozenset(found)


def _tokens(parameters: str, step: Step, keys: Collection[str]) -> set[str]:
    strings = list(_strings(parameters, "", 0))
    named = {text for key, text in strings if is_token_key(key) or key in keys}
    named = {text for text in named if len(text) >= 8}
    if named:
        return named
    given = step.input or ""
    return {
        text
        for _, text in strings
        if _MAYBE_TOKEN.fullmatch(text) and not _NO_TOKEN.match(text) and text not in given
    }


def _strings(value: Any, key: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every text with the key that it stands under; JSON inside of text is looked into."""
    if depth > _DEEP:
        return
    if isinstance(value, str):
        inner = _inner(value)
        if inner is None:
            yield key, value
        else:
            yield from _strings(inner, key, depth + 1)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _strings(member, str(name), depth + 1)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member, key, depth + 1)


def _inner(text: str) -> Any | None:
    if text[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
