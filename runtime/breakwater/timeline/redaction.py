"""Texts without their secrets: task tokens always, and the keys that somebody configured.

A secret may stand as the value of a key, inside of JSON inside of text, in a link, in prose. What
is read as JSON is redacted by its keys; what is not, by what looks like `key = value`. Nothing here
knows of histories: which tokens there are, token_learning finds out.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

REDACTED = "<redacted>"
TOKEN_REDACTED = "<task token>"  # noqa: S105 - what stands in the place of one

_TASK_TOKEN_KEY = re.compile(r"task[-_ ]?token", re.IGNORECASE)
_TOKEN_IN_TEXT = re.compile(
    r"""(task[-_ ]?token\\*["']?\s*(?:[:=]|%3D)\s*\\*["']?)([\w+/=%.:-]{8,})""", re.IGNORECASE
)
# AWS's tokens: base64 of several hundred bytes that begin with a version.
# In a link it stands behind `=` or `/`.
_LOOKS_LIKE_TOKEN = re.compile(r"(?<![A-Za-z0-9+])A[AQ](?:[\w+/-]|%2[BF]|\\/){98,}(?:=|%3D){0,2}")
_DEEP = 100
_TEXT_IN_TEXT = 8


def is_token_key(key: str) -> bool:
    """May a value of this key hold a task token? `token` alone may be another secret as well."""
    return key.lower() == "token" or is_task_token_key(key)


def is_task_token_key(key: str) -> bool:
    """Is this key called so? `taskToken`, `task_tokens`, `myTaskToken`."""
    return _TASK_TOKEN_KEY.search(key) is not None


class Redaction:
    """Takes secrets out of texts and of JSON. The same secret is the same everywhere."""

    def __init__(self, *, tokens: Iterable[str] = (), keys: Collection[str] = ()) -> None:
        """
        :param tokens: task tokens that are known; each is replaced wherever it stands.
        :param keys: members whose values nobody is to see, at any depth, in upper or lower case.
        """
        if isinstance(keys, str):
            raise TypeError(f"keys is a list of names, not one text: [{keys!r}]")
        self._keys = frozenset(key.lower() for key in keys if key)
        written = {form for token in tokens for form in _written(token) if form}
        self._tokens = _any_of(sorted(written, key=len, reverse=True))
        names = "|".join(map(re.escape, sorted(self._keys, key=len, reverse=True)))
        self._in_prose = (
            re.compile(
                rf"""(?P<key>(?<![a-z0-9])(?:{names})\\*["']?\s*(?:=>|[:=]|%3[AD])\s*)"""
                r"""(?:(?P<quote>\\*["'])(?P<quoted>.*?)(?<!\\)(?P=quote)|(?P<rest>[\[{{].*)"""
                r"""|(?P<open>\\*["'].*)|(?P<bare>[^\s,;&"'\]}}]+))""".replace("{{", "{").replace(
                    "}}", "}"
                ),
                re.IGNORECASE | re.DOTALL,
            )
            if names
            else None
        )

    def text(self, text: str | None) -> str | None:
        """A payload, a cause, a message."""
        return None if text is None else self._text(text, 0)

    def value(self, value: Any) -> Any:
        """Anything that JSON can hold; what cannot be looked into is not shown."""
        return self._value(value, 0, 0)

    def _text(self, text: str, inside: int) -> str:
        if self._tokens is not None:
            text = self._tokens.sub(TOKEN_REDACTED, text)
        text = _LOOKS_LIKE_TOKEN.sub(TOKEN_REDACTED, text)
        lower = text.lower()
        # `\u0074` is a letter as well: what has such letters is read as JSON to be sure.
        suspicious = "token" in lower or "\\u" in lower or any(key in lower for key in self._keys)
        if not suspicious:
            return text
        if inside > _TEXT_IN_TEXT:
            return REDACTED
        parsed = _parsed(text)
        if parsed is not None:
            cleaned = self._value(parsed, inside + 1, 0)
            return text if cleaned == parsed else json.dumps(cleaned, ensure_ascii=False)
        text = _TOKEN_IN_TEXT.sub(rf"\1{TOKEN_REDACTED}", text)
        return text if self._in_prose is None else self._in_prose.sub(_without_value, text)

    def _value(self, value: Any, inside: int, depth: int) -> Any:
        if depth > _DEEP:
            return REDACTED
        if isinstance(value, str):
            return self._text(value, inside)
        if isinstance(value, Mapping):
            return {
                self._text(str(key), inside): self._member(str(key), member, inside, depth)
                for key, member in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(member, inside, depth + 1) for member in value]
        return value

    def _member(self, key: str, value: Any, inside: int, depth: int) -> Any:
        if key.lower() in self._keys:
            return REDACTED
        if is_task_token_key(key) and value and not isinstance(value, bool | int | float):
            return TOKEN_REDACTED
        if is_token_key(key) and isinstance(value, str) and value:
            return TOKEN_REDACTED
        return self._value(value, inside, depth + 1)


def _written(token: str) -> set[str]:
    """How a token may stand: as it is, in a link, in JSON, in JSON inside of JSON."""
    once = json.dumps(token)[1:-1]
    return {
        token,
        quote(token, safe=""),
        quote(token),
        quote_plus(token),
        token.replace("/", "\\/"),
        once,
        json.dumps(once)[1:-1],
    }


def _any_of(texts: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, texts))) if texts else None


def _parsed(text: str) -> Any | None:
    """What JSON text holds; also text in quotes, which JSON inside of JSON is."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _without_value(found: re.Match[str]) -> str:
    mark = found["quote"] or ""
    return f"{found['key']}{mark}{REDACTED}{mark}"
