"""Durations as people write them in the files: `45s`, `10m`, `1h30m`, `7d`."""

import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_WRITTEN = re.compile(r"(?=.)" + "".join(rf"(?:(\d+(?:\.\d+)?){unit})?" for unit in _UNITS))
MOST = 3660 * 86400.0
_HINT = "write it like 45s, 10m, 1h30m or 7d"


def seconds(written: object) -> float:
    """The number of seconds; a ValueError says how to write it."""
    found = _WRITTEN.fullmatch(str(written).replace(" ", ""))
    if not found:
        raise ValueError(f"{written!r} is no duration: {_HINT}")
    parts = zip(found.groups(), _UNITS.values(), strict=True)
    total = sum(float(number) * unit for number, unit in parts if number)
    if total > MOST:
        raise ValueError(f"{written!r} is longer than ten years")
    return total


def written(duration: float) -> str:
    """As it could stand in a file."""
    return f"{duration:f}".rstrip("0").rstrip(".") + "s"


Duration = Annotated[float, BeforeValidator(seconds), PlainSerializer(written)]
"""A field of a file: written as text, held as simulated seconds."""
