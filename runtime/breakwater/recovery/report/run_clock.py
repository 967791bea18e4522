"""Durations of a run, told as the run's clock and as the wall's. Pure: now is a parameter."""

from datetime import datetime, timedelta

from breakwater.recovery.engine.run import Run
from breakwater.recovery.report.parts import Duration


class RunClock:
    """Measures within one run, at one moment."""

    def __init__(self, run: Run, now: datetime) -> None:
        self._run = run
        self.now = now
        self.start = run.started_at
        self.end = max(run.ended_at or now, run.started_at)
        """When it was over, or now."""

    def between(self, start: datetime | None, end: datetime | None) -> Duration | None:
        """None where one end is unknown; never less than nothing: clocks of AWS's differ a bit."""
        return None if start is None or end is None else self.lasting(end - start)

    def lasting(self, wall: timedelta) -> Duration:
        """So long by the wall clock."""
        seconds = max(0.0, wall.total_seconds())
        return Duration(
            seconds=round(seconds * self._run.time_scale, 3), wall_seconds=round(seconds, 3)
        )

    def within_minutes(self, duration: Duration | None, minutes: int | None) -> bool | None:
        """Was an objective met? None: there is none, or nothing was measured."""
        if duration is None or minutes is None:
            return None
        return duration.seconds <= minutes * 60
