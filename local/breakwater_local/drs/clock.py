"""Simulated time: seconds since the start, `speed` times as fast as the wall's.

On the wire every moment is wall time, as everywhere in Breakwater: what lasts ten simulated
minutes at speed 60 lasts ten seconds by the timestamps as well. So a client may compare them with
its own clock.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells simulated seconds, and turns them into what stands on the wire."""

    def __init__(
        self,
        speed: float = 60.0,
        *,
        started: datetime | None = None,
        elapsed: Callable[[], float] | None = None,
    ) -> None:
        """
        :param speed: simulated seconds per second.
        :param started: the wall time of simulated second 0; default: now.
        :param elapsed: seconds since the start, never falling; default: the monotonic clock.
        """
        self.speed = speed
        self.started = started or datetime.now(UTC)
        self._elapsed = elapsed or _since(time.monotonic())

    def now(self) -> float:
        """Simulated seconds since the start."""
        return self._elapsed() * self.speed

    def moment(self, at: float) -> str:
        """This simulated second as the service writes it: ISO 8601, UTC, milliseconds."""
        wall = self.started + timedelta(seconds=at / self.speed)
        return wall.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def duration(self, seconds: float) -> str:
        """This many simulated seconds, as an ISO 8601 duration of wall time."""
        wall = f"{max(seconds, 0.0) / self.speed:.3f}".rstrip("0").rstrip(".")
        return f"PT{wall}S"


def parsed_moment(text: str) -> datetime | None:
    """The moment that a client wrote; nothing if there is no such day or hour."""
    try:
        return datetime.fromisoformat(_six_digits(text))
    except ValueError:
        return None


def _six_digits(text: str) -> str:
    """Python refuses fractions longer than microseconds in some releases; the service takes any."""
    return re.sub(r"(\.\d{1,6})\d*", r"\1", text)


def _since(start: float) -> Callable[[], float]:
    return lambda: time.monotonic() - start
