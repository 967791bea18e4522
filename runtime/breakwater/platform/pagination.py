"""Cursors: where a list goes on. Opaque to callers, and refused by any other question.

They are not signed: whoever makes one up reaches nothing that the same question would not show. It
must be refused in words, though, and not fail.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from breakwater.platform.http.errors import BadRequest


def cursor_of(position: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    """A cursor for the place after `position`, good for this question only."""
    content = json.dumps({"p": position, "q": _digest(question)}, separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def position_of(cursor: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """The place that a cursor names; a 400 that names it if it is none, or another question's."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        position, digest = content["p"], content["q"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise refused() from None
    if digest != _digest(question) or not isinstance(position, dict):
        raise refused("belongs to another question: filters must stay the same from page to page")
    return position


def texts_of(cursor: str, question: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """The place that a cursor names, where it is made of these texts and nothing else."""
    position = position_of(cursor, question)
    texts = [position.get(name) for name in names]
    if len(position) != len(names) or not all(isinstance(one, str) and one for one in texts):
        raise refused()
    return tuple(str(one) for one in texts)


@contextmanager
def going_on(cursor: str | None) -> Iterator[None]:
    """DynamoDB refuses to go on at a place that it cannot have named: a 400, no fault of ours."""
    try:
        yield
    except ClientError as error:
        if cursor and error.response["Error"]["Code"] == "ValidationException":
            raise refused() from error
        raise


def _digest(question: Mapping[str, Any]) -> str:
    canonical = json.dumps(question, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def refused(why: str = "is none that was given out") -> BadRequest:
    """What is wrong with the cursor, and what to do."""
    return BadRequest(
        f"The cursor {why}. Begin again without one.",
        details=[{"place": "cursor", "problem": why}],
    )
