"""Time, as everything outside this process sees it: ISO-8601, UTC, milliseconds."""

from datetime import UTC, datetime


def now() -> datetime:
    """The wall clock. Decisions take the time as a parameter; only edges call this."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """`2026-11-20T03:00:00.123Z`: sorts as text in the order of time."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone, so nobody knows which moment it is")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
