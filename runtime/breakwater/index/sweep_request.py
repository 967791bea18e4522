"""What a sweep may be asked beyond its schedule. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from breakwater.index.sweep import SETTLE, Options


def options_of(event: Mapping[str, Any]) -> Options:
    """`{"thorough": true}`: also what happened within the last minute, and every end that could
    have been redriven. A schedule's own event asks for neither.
    """
    if event.get("thorough") is True:
        return Options(settle=timedelta(0), audit_every=timedelta(0))
    return Options(settle=SETTLE)
