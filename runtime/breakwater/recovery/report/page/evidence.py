"""Jobs, cleanup, the timeline and how it was measured: for whoever checks. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from breakwater.recovery.report.page.findings import action_told
from breakwater.recovery.report.page.markup import Html, joined, name, tag
from breakwater.recovery.report.page.tables import section, table
from breakwater.recovery.report.page.words import (
    UNKNOWN,
    after_start,
    badge,
    clock,
    lasted,
    many,
    severity_badge,
)
from breakwater.recovery.report.parts import CompensationReport, Severity, TimelineEntry
from breakwater.recovery.report.run_report import RunReport

_TOGETHER = 3
"""More alike entries of a wave's servers than this are told in one line."""

_INSTANCES_SHOWN = 20
_METHOD = """
Recovery time runs from the moment a person asked for the run until it was over. A run that did not
complete recovered nothing, so it has none.

A server counts as up when Breakwater first saw EC2 run its instance, its required post-launch
actions done. Breakwater looks every 5 to 120 seconds: a time can be late by that, never early.

The recovery point is the run's start minus the point in time that DRS names for the instance's
data. A point after the start counts as nothing lost.

Snapshot, conversion and launch times are DRS's, from the job's log.

The plan is as it was when the run began; later changes to it are not in here.
""".strip().split("\n\n")
_HAPPENED = {
    "started": "started",
    "launched": "launched, says DRS",
    "confirmed": "up, says EC2",
    "terminated": "terminated",
    "ended": "did not launch",
}


def jobs(report: RunReport) -> Html | None:
    """Every StartRecovery."""
    if not report.jobs:
        return None
    rows = table(
        (
            ("DRS job", "mono nm", lambda one: one.job_id or UNKNOWN),
            ("Wave", "nm", lambda one: name(one.wave)),
            ("Status", "nw", lambda one: badge(one.status.value)),
            ("Where", "mono nm", lambda one: f"{one.region} · {one.account_id}"),
            ("Servers", "n", lambda one: f"{one.servers:,}"),
            ("Began", "n nw", lambda one: after_start(one.started_at, report)),
            ("Queued", "n nw", lambda one: lasted(one.queued, report)),
            ("Took", "n nw", lambda one: lasted(one.duration, report)),
            ("Waits for", "small", lambda one: one.waiting_for or ""),
        ),
        report.jobs,
    )
    return section("jobs", "DRS jobs", rows)


def cleanup(report: RunReport) -> Html | None:
    """Every step of compensation."""
    if not report.compensation:
        return None
    rows = table(
        (
            ("Step", "nm", _step),
            ("Status", "nw", lambda one: badge(one.status.value)),
            ("DRS job", "mono nm", lambda one: one.job_id or UNKNOWN),
            ("Tries", "n", lambda one: str(one.tries)),
            ("From", "nw", lambda one: clock(one.started_at, report)),
            ("To", "nw", lambda one: clock(one.ended_at, report)),
            ("Cause", "small", lambda one: one.cause or ""),
        ),
        report.compensation,
    )
    return section("cleanup", "Cleanup", rows)


def _step(one: CompensationReport) -> Html:
    shown = ", ".join(sorted(one.instances)[:_INSTANCES_SHOWN])
    left = len(one.instances) - _INSTANCES_SHOWN
    more = f" and {left:,} more" if left > 0 else ""
    when = "within the run" if one.round == 0 else f"cleanup {one.round} after the end"
    told = tag("div", f"{when}: {shown}{more}", class_="soft mono")
    return joined([name(one.name), told])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    at: datetime
    until: datetime | None
    what: str
    subject: object
    text: object
    severity: Severity | None


def happened(report: RunReport) -> Html:
    """One line each; what is alike in a wave's servers is one line."""
    rows = table(
        (
            ("Time", "nw", lambda one: _when(one, report)),
            ("After start", "n nw", lambda one: after_start(one.at, report)),
            ("What", "soft nw", lambda one: one.what),
            ("Who or which", "nm", lambda one: one.subject),
            ("Happened", "any", lambda one: [one.text, " ", _severity(one)]),
        ),
        list(_lines(report)),
    )
    return section("timeline", "What happened when", rows)


def _severity(one: _Line) -> Html | None:
    return severity_badge(one.severity) if one.severity else None


def _when(one: _Line, report: RunReport) -> Html:
    to = ["–", clock(one.until, report)] if one.until and one.until > one.at else []
    return joined([clock(one.at, report), to])


def _lines(report: RunReport) -> Iterator[_Line]:
    alike: dict[tuple[object, ...], list[TimelineEntry]] = {}
    for entry in report.timeline:
        if entry.what == "server":
            alike.setdefault((entry.wave, entry.kind, entry.severity), []).append(entry)
    told: set[tuple[object, ...]] = set()
    for entry in report.timeline:
        key = (entry.wave, entry.kind, entry.severity)
        group = alike.get(key, []) if entry.what == "server" else []
        if len(group) <= _TOGETHER:
            yield _single(entry)
        elif key not in told:
            told.add(key)
            yield _Line(
                at=group[0].at,
                until=group[-1].at,
                what="servers",
                subject=joined([many(len(group), "server"), " of ", name(entry.wave)]),
                text=_HAPPENED.get(entry.kind, entry.kind),
                severity=entry.severity,
            )


def _single(entry: TimelineEntry) -> _Line:
    if entry.what == "person":
        _, separator, why = entry.text.partition(": ")
        said = action_told(entry.kind)
        text = joined([said, [": ", name(why)] if separator else ", without a reason"])
    else:
        text = tag("span", entry.text)
    return _Line(
        at=entry.at,
        until=None,
        what=entry.what,
        subject=name(entry.subject),
        text=text,
        severity=entry.severity,
    )


def method() -> Html:
    """What the figures mean."""
    return section("method", "How it was measured", tag("ul", [tag("li", one) for one in _METHOD]))
