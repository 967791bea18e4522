"""A payload as text. Histories carry text; anything else is written as JSON, never refused."""

import json
from typing import Any


def payload_text(told: Any) -> str | None:
    """The text; None when there is none, as in a history without execution data."""
    if told is None or told.__class__ is str:
        return told
    if isinstance(told, str):
        return str(told)
    try:
        return json.dumps(told, default=str, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return f"<{type(told).__name__} that cannot be written as JSON>"
