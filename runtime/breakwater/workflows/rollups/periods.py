"""The hours, days and months of rollups, and which of them a period of an answer takes. Pure. UTC.

An answer takes whole hours or days, so it covers at least what was asked for; it says from when.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Grain(StrEnum):
    """How long a rollup is. The word begins its key: `HOUR#2026-11-20T03`."""

    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"


_LENGTH = {Grain.HOUR: len("2026-11-20T03"), Grain.DAY: len("2026-11-20"), Grain.MONTH: 7}


def period_of(grain: Grain, moment: str) -> str:
    """The key of the hour, day or month in which this ISO-8601 moment is."""
    return f"{grain}#{moment[: _LENGTH[grain]]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What an answer is about."""

    begins: datetime
    periods: tuple[str, ...]
    """Oldest first, the one that is not over yet last."""


_WINDOWS = {
    "24h": (Grain.HOUR, timedelta(hours=1), 24),
    "7d": (Grain.DAY, timedelta(days=1), 7),
    "30d": (Grain.DAY, timedelta(days=1), 30),
}
NAMES = tuple(_WINDOWS)


def window(name: str, now: datetime) -> Window:
    """The last 24 hours, 7 days or 30 days, and the rest of the hour or day in which they began."""
    grain, step, number = _WINDOWS[name]
    now = now.astimezone(UTC)
    begun = now.replace(minute=0, second=0, microsecond=0)
    if grain is Grain.DAY:
        begun = begun.replace(hour=0)
    moments = [begun - step * ago for ago in range(number, -1, -1)]
    return Window(
        begins=moments[0],
        periods=tuple(period_of(grain, moment.isoformat()) for moment in moments),
    )


def recent_months(now: datetime) -> tuple[str, str]:
    """This month and the one before it: what a profile is made of."""
    now = now.astimezone(UTC)
    before = now.replace(day=1) - timedelta(days=1)
    return (
        period_of(Grain.MONTH, now.isoformat()),
        period_of(Grain.MONTH, before.isoformat()),
    )
