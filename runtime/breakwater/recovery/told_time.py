"""Moments and durations in words, for people: in messages and in reports. Pure."""

from datetime import UTC, datetime

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def told_moment(moment: datetime) -> str:
    """`2026-11-20 03:00:05 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def told_clock(moment: datetime) -> str:
    """`03:00:05`, where the day is said elsewhere."""
    return f"{moment.astimezone(UTC):%H:%M:%S}"


def told_seconds(seconds: float) -> str:
    """`1 h 5 min`, `12 min 4 s`, `0.4 s`: the two largest units, rounded once."""
    if seconds < 0:
        return f"-{told_seconds(-seconds)}"
    if 0 < seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    left = _rounded(seconds)
    parts: list[tuple[int, str]] = []
    for unit, length in _UNITS:
        count, left = divmod(left, length)
        if count or (parts and left):
            parts.append((count, unit))
    told = [f"{count} {unit}" for count, unit in parts[:2] if count]
    return " ".join(told) or "0 s"


def _rounded(seconds: float) -> int:
    """To what is told: minutes where there are hours, hours where there are days."""
    smallest = 3_600 if seconds >= 86_400 else 60 if seconds >= 3_600 else 1
    return int(seconds / smallest + 0.5) * smallest
