"""Statuses, durations and moments as the page writes them. Pure."""

from datetime import datetime

from breakwater.recovery.report.page.markup import Html, tag
from breakwater.recovery.report.parts import Duration, Severity
from breakwater.recovery.report.run_report import RunReport
from breakwater.recovery.told_time import told_clock, told_moment, told_seconds

UNKNOWN = "–"
_GOOD, _BAD, _WARN, _BUSY, _QUIET = "good", "bad", "warn", "busy", "quiet"
_TONES = {
    "COMPLETED": _GOOD,
    "LAUNCHED": _GOOD,
    "SUCCEEDED": _GOOD,
    "ENDED": _QUIET,
    "FAILED": _BAD,
    "TIMED_OUT": _BAD,
    "SKIPPED": _WARN,
    "CANCELLED": _WARN,
    "CANCELLING": _WARN,
    "DROPPED": _WARN,
    "TERMINATED": _QUIET,
    "RUNNING": _BUSY,
    "LAUNCHING": _BUSY,
    "STARTING": _BUSY,
    "OPEN": _BUSY,
    "PAUSING": _WARN,
    "PAUSED": _WARN,
    "HELD": _WARN,
    "QUEUED": _QUIET,
    "PENDING": _QUIET,
}
_SIGNS = {_GOOD: "✓", _BAD: "✕", _WARN: "!", _BUSY: "●", _QUIET: "○"}
_SEVERITIES = {Severity.FAILURE: _BAD, Severity.WARNING: _WARN, Severity.NOTE: _QUIET}


def tone(status: str) -> str:
    """The colour of a status; one that is not known is quiet, not an error."""
    return _TONES.get(status, _QUIET)


def badge(status: str) -> Html:
    """A status by sign and word, so that nobody needs the colour."""
    return tag("span", f"{_SIGNS[tone(status)]} {status}", class_=f"badge {tone(status)}")


def severity_badge(severity: Severity) -> Html:
    """The same for a deviation."""
    shade = _SEVERITIES[severity]
    return tag("span", f"{_SIGNS[shade]} {severity.value}", class_=f"badge {shade}")


def verdict(met: bool | None) -> Html | None:  # noqa: FBT001 - it is what the badge says
    """Met or missed; nothing where nobody can say."""
    if met is None:
        return None
    shade = _GOOD if met else _BAD
    return tag("span", f"{_SIGNS[shade]} {'met' if met else 'missed'}", class_=f"badge {shade}")


def lasted(duration: Duration | None, report: RunReport) -> str | Html:
    """In the run's minutes; where the wall clock is another one, by that as well."""
    if duration is None:
        return UNKNOWN
    told = told_seconds(duration.seconds)
    if report.time_scale == 1:
        return told
    wall = tag("span", f" ({told_seconds(duration.wall_seconds)} wall)", class_="soft")
    return Html(tag("span", told) + wall)


def after_start(at: datetime | None, report: RunReport) -> str:
    """`+12 min 4 s`, in the run's minutes."""
    if at is None:
        return UNKNOWN
    seconds = (at - report.started_at).total_seconds() * report.time_scale
    return f"{'−' if seconds < 0 else '+'}{told_seconds(abs(seconds))}"


def moment(at: datetime | None) -> Html | str:
    """With its day."""
    return UNKNOWN if at is None else tag("time", told_moment(at))


def clock(at: datetime | None, report: RunReport) -> Html | str:
    """Without its day where that is the day of the start."""
    if at is None:
        return UNKNOWN
    same = told_moment(at)[:10] == told_moment(report.started_at)[:10]
    return tag("time", told_clock(at) if same else told_moment(at))


def many(count: int, noun: str) -> str:
    """`1 server`, `2 servers`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
