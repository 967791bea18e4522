"""ISO-8601 durations as DRS writes them, in seconds."""

import re

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?"
)
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def seconds_of(text: object) -> float | None:
    """`PT1H2M3.5S` is 3723.5; what is no duration that we can read is None, never an error.

    Years and months have no fixed length, and DRS has no reason to write them.
    """
    found = _DURATION.fullmatch(text) if isinstance(text, str) and text.isascii() else None
    if found is None:
        return None
    parts = {name: value for name, value in found.groupdict().items() if value is not None}
    if not parts or str(text).endswith("T"):
        return None
    return sum(float(value.replace(",", ".")) * _SECONDS[name] for name, value in parts.items())
