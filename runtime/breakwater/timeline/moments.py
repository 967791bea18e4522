"""Moments as histories carry them: boto3's datetimes, the AWS CLI's text or epoch seconds.

CloudWatch Logs writes epoch milliseconds, as text. What cannot be understood is no moment.
"""

from datetime import UTC, datetime
from typing import Any

_MILLISECONDS_FROM = 100_000_000_000.0  # as seconds that is the year 5138


def moment(told: Any) -> datetime | None:
    """The moment, with a time zone; None when there is none to be understood."""
    if isinstance(told, str):
        return _of_text(told)
    if isinstance(told, datetime):
        return _in_utc(told)
    if isinstance(told, int | float) and not isinstance(told, bool):
        return _of_number(told)
    return None


def iso(at: datetime | None) -> str | None:
    """`2026-11-20T03:00:00.123Z`, as the API writes it."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(began: datetime | None, ended: datetime | None) -> float | None:
    """How long, never negative; None when one of both is not known."""
    if began is None or ended is None:
        return None
    return max((ended - began).total_seconds(), 0.0)


def _of_text(told: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        try:
            return _of_number(float(told))
        except ValueError:
            return None
    return _in_utc(at)


def _in_utc(at: datetime) -> datetime | None:
    """To UTC at once: what lies beyond the first or last year cannot be written later."""
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return None


def _of_number(told: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(told / 1000 if told >= _MILLISECONDS_FROM else told, UTC)
    except (OverflowError, OSError, ValueError):
        return None
