"""The arithmetic of the Gantt chart: moments to percent, ticks, marks that do not pile up. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from breakwater.recovery.report.run_report import RunReport

_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200)
_DAY = 86_400
_TICKS = 8
_FAR = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From the request to the end of what is drawn."""

    start: datetime
    seconds: float
    """By the wall clock."""

    time_scale: int

    @classmethod
    def of(cls, report: RunReport) -> "Scale":
        """Of the run, with the objective where that is not far beyond."""
        ends = [report.ended_at or report.as_of]
        ends += [one.ended_at for one in report.compensation if one.round == 0 and one.ended_at]
        wall = max(1.0, *((one - report.started_at).total_seconds() for one in ends))
        objective = objective_seconds(report)
        if objective is not None and wall < objective <= wall * _FAR:
            wall = objective * 1.02
        return cls(start=report.started_at, seconds=wall, time_scale=report.time_scale)

    def percent(self, at: datetime) -> float:
        """Where a moment is; what lies outside is at the edge."""
        share = (at - self.start) / timedelta(seconds=self.seconds) * 100
        return min(100.0, max(0.0, share))

    def ticks(self) -> list[tuple[float, float]]:
        """Percent and the run's seconds, at even numbers, never more than nine."""
        whole = self.seconds * self.time_scale
        days = max(1, int(whole / _DAY / _TICKS) + 1) * _DAY
        step = next((one for one in _STEPS if whole / one <= _TICKS), days)
        return [(at / whole * 100, at) for at in range(0, int(whole) + 1, step)]


def objective_seconds(report: RunReport) -> float | None:
    """When the recovery time objective is reached, in seconds of the wall clock."""
    minutes = report.recovery_time.objective_minutes
    return None if minutes is None else minutes * 60 / report.time_scale


def thinned(places: Iterable[float], apart: float = 0.3) -> list[float]:
    """Percents, at most one per stretch of this length: a thousand marks need no thousand lines."""
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] >= apart:
            kept.append(place)
    return kept
