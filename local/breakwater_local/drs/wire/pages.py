"""Real pages: as small as asked, resumed by an opaque token that fits one question only."""

import base64
import binascii
import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from breakwater_local.drs.errors import invalid

LARGEST_PAGE = 200
"""The most items in one answer, whatever is asked, and the number when nothing is."""

Item = TypeVar("Item")
_SEPARATOR = "."


def page(
    items: Sequence[Item],
    position: Callable[[Item], int],
    *,
    question: tuple[object, ...],
    params: dict[str, Any],
    newest_first: bool = False,
    limit: int = LARGEST_PAGE,
) -> tuple[list[Item], dict[str, str]]:
    """The asked page, and `nextToken` if there is more.

    :param items: all there are, in rising order of their position; positions never change, so what
        is added between two pages neither repeats nor hides an item.
    :param question: what belongs to the question beside its parameters: a token of another
        account, Region or operation is refused.
    """
    about = _digest(question, params)
    last = _last_position(params.get("nextToken"), about)
    size = min(int(params.get("maxResults", limit)), limit)
    if newest_first:
        end = len(items) if last is None else bisect_left(items, last, key=position)
        chosen = [items[index] for index in range(end - 1, max(end - size, 0) - 1, -1)]
        more = end - size > 0
    else:
        start = 0 if last is None else bisect_right(items, last, key=position)
        chosen = list(items[start : start + size])
        more = start + size < len(items)
    return chosen, {"nextToken": _token(position(chosen[-1]), about)} if more else {}


def _token(last: int, about: str) -> str:
    written = f"{last}{_SEPARATOR}{about}"
    return base64.urlsafe_b64encode(written.encode()).decode()


def _last_position(token: str | None, about: str) -> int | None:
    if token is None:
        return None
    try:
        last, _, asked = (
            base64.b64decode(token, altchars=b"-_", validate=True).decode().partition(_SEPARATOR)
        )
        if asked == about:
            return int(last)
    except (binascii.Error, UnicodeError, ValueError):
        pass
    raise invalid(
        "nextToken is not one that this question was answered with",
        [("nextToken", "repeat the request that gave the token, with the same filters")],
    )


def _digest(question: tuple[object, ...], params: dict[str, Any]) -> str:
    asked = {k: v for k, v in params.items() if k not in ("nextToken", "maxResults")}
    text = json.dumps([list(map(str, question)), asked], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
