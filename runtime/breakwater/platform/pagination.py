"""Cursors: where a list goes on. Opaque to callers, and refused by any other question."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

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
        raise _refused("is none that was given out") from None
    if digest != _digest(question) or not isinstance(position, dict):
        raise _refused("belongs to another question: filters must stay the same from page to page")
    return position


def _digest(question: Mapping[str, Any]) -> str:
    canonical = json.dumps(question, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _refused(why: str) -> BadRequest:
    return BadRequest(
        f"The cursor {why}. Begin again without one.",
        details=[{"place": "cursor", "problem": why}],
    )
