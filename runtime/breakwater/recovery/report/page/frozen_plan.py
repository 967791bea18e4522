"""The plan and its groups as they were when the run began. Pure."""

from collections.abc import Mapping
from typing import Any

from breakwater.recovery.report.page.markup import Html, joined, name, tag
from breakwater.recovery.report.page.tables import facts, section, table
from breakwater.recovery.report.page.words import UNKNOWN
from breakwater.recovery.report.run_report import RunReport

_SERVERS_SHOWN = 10


def frozen_plan(report: RunReport) -> Html:
    """As frozen; a run that was not taken up yet may have none."""
    plan = report.plan.plan
    if not plan:
        told = tag("p", "The run has no frozen plan yet.")
        return section("plan", "The plan as frozen", told)
    groups = {str(one.get("groupId")): str(one.get("name")) for one in report.plan.groups}
    return section(
        "plan",
        "The plan as frozen",
        _facts(report, plan),
        _waves(plan, groups),
        tag("h3", "Protection groups"),
        _groups(report),
    )


def _facts(report: RunReport, plan: Mapping[str, Any]) -> Html:
    return facts(
        [
            ("Frozen at", report.plan.frozen_at),
            ("Plan", [name(plan.get("name", "")), " ", tag("span", report.plan_id, class_="mono")]),
            (
                "Version",
                f"{plan.get('version', UNKNOWN)}, changed by {plan.get('updatedBy', UNKNOWN)}",
            ),
            ("If a wave fails", plan.get("onFailure")),
            ("Recovery time objective", _minutes(plan.get("rtoMinutes"))),
            ("Recovery point objective", _minutes(plan.get("rpoMinutes"))),
            ("Timeout", _minutes(plan.get("timeoutMinutes"))),
            ("Timeout of a pause", _minutes(plan.get("pauseTimeoutMinutes"))),
        ]
    )


def _waves(plan: Mapping[str, Any], groups: Mapping[str, str]) -> Html:
    return table(
        (
            ("Wave", "nm", lambda one: name(one.get("name", ""))),
            ("After", "nm", lambda one: _names(one.get("dependsOn"))),
            (
                "Groups",
                "nm",
                lambda one: _names([groups.get(g, g) for g in one.get("groupIds") or ()]),
            ),
            (
                "For a person",
                "",
                lambda one: "pauses before" if one.get("pauseBefore") else UNKNOWN,
            ),
            ("Must launch", "", lambda one: _policy(one.get("failurePolicy") or {})),
            ("Timeout", "n nw", lambda one: _minutes(one.get("timeoutMinutes"))),
        ),
        list(plan.get("waves") or ()),
    )


def _groups(report: RunReport) -> Html:
    return table(
        (
            ("Group", "nm", lambda one: name(one.get("name", ""))),
            ("Where", "mono", lambda one: f"{one.get('region')} · {one.get('accountId')}"),
            ("Servers", "", lambda one: _selection(one.get("servers") or {})),
            ("Version", "n", lambda one: str(one.get("version", UNKNOWN))),
        ),
        report.plan.groups,
    )


def _selection(servers: Mapping[str, Any]) -> Html:
    tags = servers.get("tags") or {}
    if tags:
        pairs = [f"{key} = {value}" for key, value in sorted(tags.items())]
        return joined(["those with ", _names(pairs)])
    ids = list(servers.get("ids") or ())
    left = len(ids) - _SERVERS_SHOWN
    more = f" and {left:,} more" if left > 0 else ""
    return tag("span", ", ".join(ids[:_SERVERS_SHOWN]) + more, class_="mono")


def _policy(policy: Mapping[str, Any]) -> object:
    match policy.get("kind"):
        case "atLeast":
            return f"at least {policy.get('percent', 100)} %"
        case "critical":
            return joined(["the critical ones: ", _selection(policy.get("servers") or {})])
    return str(policy.get("kind") or "all")


def _names(these: Any) -> Html | str:
    if not these:
        return UNKNOWN
    return joined([[", " if number else "", name(one)] for number, one in enumerate(these)])


def _minutes(value: Any) -> str:
    return "none" if value is None else f"{value} min"
