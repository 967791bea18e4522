"""Deviations and decisions: what an auditor looks for first. Pure."""

from breakwater.recovery.report.page.markup import Html, joined, name, tag
from breakwater.recovery.report.page.tables import section, table
from breakwater.recovery.report.page.words import (
    UNKNOWN,
    after_start,
    moment,
    severity_badge,
)
from breakwater.recovery.report.parts import Deviation
from breakwater.recovery.report.run_report import RunReport

_SERVERS_SHOWN = 12
_ACTIONS = {
    "drillStarted": "started the drill",
    "recoveryStarted": "started the REAL RECOVERY",
    "start": "started it",
    "runRetried": "retried",
    "runPaused": "asked for a pause",
    "pause": "asked for a pause",
    "runResumed": "resumed",
    "resume": "resumed",
    "runCancelled": "cancelled",
    "cancel": "cancelled",
    "runCleanedUp": "asked for a cleanup",
    "cleanup": "asked for a cleanup",
}


def deviations(report: RunReport) -> Html:
    """Worst first."""
    if not report.deviations:
        told = tag("p", "None: everything went as the plan says.")
        return section("deviations", "Deviations", told)
    rows = table(
        (
            ("Severity", "nw", lambda one: severity_badge(one.severity)),
            ("What", "", _told),
            ("Wave", "nm", lambda one: name(one.wave) if one.wave else UNKNOWN),
            ("Servers", "nm", _servers),
            ("Kind", "mono nw", lambda one: one.kind),
        ),
        report.deviations,
    )
    return section("deviations", "Deviations", rows)


def decisions(report: RunReport) -> Html:
    """Who decided what, when and why."""
    rows = table(
        (
            ("When", "nw", lambda one: moment(one.at)),
            ("After start", "n nw", lambda one: after_start(one.at, report)),
            ("Who", "nm", lambda one: name(one.by)),
            ("Decided", "nm", lambda one: action_told(one.action)),
            ("Why", "nm", lambda one: name(one.reason) if one.reason else UNKNOWN),
            ("Details", "small soft", lambda one: one.details or ""),
        ),
        report.decisions,
    )
    return section("decisions", "Who decided what, and why", rows)


def action_told(action: str) -> str:
    """In words; one that this release does not know is shown as it is."""
    return _ACTIONS.get(action, action)


def _told(one: Deviation) -> Html:
    return tag("span", one.text, class_="any")


def _servers(one: Deviation) -> Html | str:
    if not one.servers:
        return ""
    shown: list[object] = []
    for server in one.servers[:_SERVERS_SHOWN]:
        shown += [", " if shown else "", name(server)]
    left = len(one.servers) - _SERVERS_SHOWN
    return joined([*shown, f" and {left:,} more" if left > 0 else ""])
