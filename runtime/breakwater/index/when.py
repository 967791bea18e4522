"""Moments as people write them: `24h`, `7d`, `2026-11-20`, `2026-11-20T03:00:00Z`. Pure."""

import re
from datetime import UTC, datetime, timedelta

from breakwater.platform.http.errors import BadRequest

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORMS = "2026-11-20, 2026-11-20T03:00:00Z, or a time ago such as 30m, 24h or 7d"


def moment(place: str, text: str, now: datetime) -> datetime:
    """The moment; a date alone is its beginning, in UTC."""
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago.group(2)]: int(ago.group(1))})
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            if len(text) > 10:
                raise _refused(place, text)
            found = found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last hours of the calendar, elsewhere
        raise _refused(place, text) from None


def moments(
    place: str, since: str | None, until: str | None, now: datetime
) -> tuple[datetime | None, datetime | None] | None:
    """From and to, as the words of a command say them; None if they say neither."""
    if since is None and until is None:
        return None
    return (
        None if since is None else moment(place, since, now),
        None if until is None else moment(place.replace("since", "until"), until, now),
    )


def is_ago(text: str | None) -> bool:
    """Does it depend on when it is read?"""
    return text is not None and _AGO.fullmatch(text) is not None


def day(place: str, text: str) -> tuple[datetime, datetime]:
    """From the beginning of a day (UTC) to its end."""
    try:
        begins = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        return begins, begins + timedelta(days=1)
    except (ValueError, OverflowError):
        raise _refused(place, text, "2026-11-20") from None


def _refused(place: str, text: str, forms: str = _FORMS) -> BadRequest:
    return BadRequest(
        f"{place} is {text!r}; write it as {forms}.",
        details=[{"place": place, "problem": f"is {text!r}; write it as {forms}"}],
    )
