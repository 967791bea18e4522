"""A report → one HTML page. It loads nothing, runs nothing, and can be kept for years. Pure."""

from breakwater.recovery.report.page.evidence import cleanup, happened, jobs, method
from breakwater.recovery.report.page.findings import decisions, deviations
from breakwater.recovery.report.page.frozen_plan import frozen_plan
from breakwater.recovery.report.page.gantt import gantt
from breakwater.recovery.report.page.markup import Html, joined, plain_name, tag
from breakwater.recovery.report.page.style import STYLE
from breakwater.recovery.report.page.summary import summary
from breakwater.recovery.report.page.time_path import time_path
from breakwater.recovery.report.page.wave_tables import servers, waves
from breakwater.recovery.report.run_report import RunReport
from breakwater.recovery.told_time import told_moment

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What the page may load: nothing. Also for the Content-Security-Policy of whoever serves it."""

_CONTENTS = (
    ("deviations", "Deviations"),
    ("decisions", "Decisions"),
    ("time", "Where the time went"),
    ("gantt", "Over time"),
    ("waves", "Waves"),
    ("servers", "Servers"),
    ("jobs", "Jobs"),
    ("cleanup", "Cleanup"),
    ("timeline", "What happened when"),
    ("plan", "Plan"),
    ("method", "Method"),
)


def page_of(report: RunReport) -> str:
    """The whole page."""
    sections = [
        deviations(report),
        decisions(report),
        time_path(report),
        gantt(report),
        waves(report),
        servers(report),
        jobs(report),
        cleanup(report),
        happened(report),
        frozen_plan(report),
        method(),
    ]
    there = {
        anchor: title
        for (anchor, title), one in zip(_CONTENTS, sections, strict=True)
        if one is not None
    }
    links = [tag("a", title, href=f"#{anchor}") for anchor, title in there.items()]
    body = tag(
        "main", summary(report), tag("nav", links, aria_label="Contents"), sections, _foot(report)
    )
    return f"<!doctype html>\n{tag('html', _head(report), tag('body', body), lang='en')}\n"


def _head(report: RunReport) -> Html:
    kind = "Drill" if report.is_drill else "Real recovery"
    title = f"{kind} of {plain_name(report.plan_name)}: {report.status}"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        joined([Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">')]),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Html(f"<style>{STYLE}</style>"),
    )


def _foot(report: RunReport) -> Html:
    final = "Final." if report.final else "Not final."
    return tag(
        "footer",
        f"Made by Breakwater at {told_moment(report.as_of)}. {final} "
        f"Run {report.execution_id}, plan {report.plan_id}. ",
    )
