"""Which task tokens a history holds.

They stand in the parameters of waiting tasks: under a key that is called so, under the key that
the definition fills from `$$.Task.Token`, or else: whatever long word is new there, in links and
sentences too. A token is made when the task is scheduled, so it is not in the state's input.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from breakwater.timeline.redaction import Redaction, is_task_token_key, is_token_key
from breakwater.timeline.step import Step

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

_SHORTEST, _SHORTEST_IN_LINK, _SHORTEST_GUESSED, _LONGEST = 8, 16, 32, 2048
_WORD = re.compile(r"[\w+/=:.%-]+")
_LINK = re.compile(r"https?://[^/?#\s\"'<>]*([^\s\"'<>]*)")
_NAME = re.compile(r"(?:arn|s3):\S*")
_BETWEEN = re.compile(r"[/?&=#:]")
_DEEP = 100


def redaction_of(timeline: "Timeline", keys: Collection[str] = ()) -> Redaction:
    """What takes this execution's task tokens, and the values of these keys, out of any text."""
    return Redaction(tokens=tokens_of(timeline), keys=keys)


def hands_out_tokens(timeline: "Timeline") -> bool:
    """Does a task of it wait for its token?"""
    return any(attempt.callback for step in timeline.steps for attempt in step.attempts)


def may_quote_tokens(timeline: "Timeline") -> bool:
    """Does it hand out tokens, and is there a text in it, even without payloads, that may quote
    one: what somebody said of an error?
    """
    return hands_out_tokens(timeline) and any(
        details.get("cause") or details.get("error")
        for event in timeline.events
        for details in event.values()
        if isinstance(details, Mapping)
    )


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
    given = step.input or ""
    sure = [text for key, text in strings if is_task_token_key(key) or key in keys]
    sure = [text for text in sure if len(text) >= _SHORTEST]
    if sure:
        parts = {part for text in sure for part in _parts(text, _SHORTEST_IN_LINK)}
        return {*sure, *(part for part in parts if part not in given)}
    maybe = {text for key, text in strings if is_token_key(key) and len(text) >= _SHORTEST}
    words = {word for _, text in strings for word in _words(text)}
    return maybe | {word for word in words if word not in given}


def _words(text: str) -> Iterator[str]:
    """The long words of a text that holds a token somewhere, and the long parts of its links."""
    yield from _parts(text, _SHORTEST_GUESSED)
    for word in _WORD.findall(_NAME.sub(" ", _LINK.sub(" ", text))):
        for one in (word, *_BETWEEN.split(word)):
            if _SHORTEST_GUESSED <= len(one) <= _LONGEST:
                yield one


def _parts(text: str, shortest: int) -> Iterator[str]:
    """What stands in the links of a text, behind their hosts."""
    for link in _LINK.findall(text):
        for part in _BETWEEN.split(link):
            if shortest <= len(part) <= _LONGEST:
                yield unquote(part)


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
