"""Where the time went: the critical path as a bar, sums and a table. Pure."""

from breakwater.recovery.report.page.markup import Html, joined, name, plain_name, tag
from breakwater.recovery.report.page.tables import section, table
from breakwater.recovery.report.page.words import UNKNOWN, after_start, lasted
from breakwater.recovery.report.parts import Stretch, TimeKind
from breakwater.recovery.report.run_report import RunReport

_TOLD = {
    TimeKind.LAUNCH: ("launching", "f-launch", "DRS and EC2 worked"),
    TimeKind.ACTIONS: ("post-launch actions", "f-actions", "actions on the launched server ran"),
    TimeKind.PERSON: ("waiting for a person", "f-person", "held, or paused"),
    TimeKind.QUEUE: ("queueing", "s-queue", "until DRS took the job: its limits, or a busy server"),
    TimeKind.ENGINE: ("noticing", "f-engine", "Breakwater began, noticed and went on"),
    TimeKind.CLEANUP: ("cleanup", "f-cleanup", "what was launched was terminated"),
}


def time_path(report: RunReport) -> Html:
    """The chain that decided how long it took."""
    path = report.critical_path
    chain: list[object] = []
    for wave in path.waves:
        chain += [" → " if chain else "", name(wave)]
    so_far = "" if report.final else " so far"
    told = tag("p", f"The chain that decided{so_far}: ", joined(chain) if chain else "none.")
    rows = table(
        (
            ("From", "n nw", lambda one: after_start(one.started_at, report)),
            ("To", "n nw", lambda one: after_start(one.ended_at, report)),
            ("Took", "n nw", lambda one: lasted(one.duration, report)),
            ("Went to", "", lambda one: _TOLD[one.kind][0]),
            ("Wave", "nm", lambda one: name(one.wave) if one.wave else UNKNOWN),
            ("Deciding server", "nm", lambda one: name(one.server) if one.server else UNKNOWN),
        ),
        path.stretches,
    )
    return section("time", "Where the time went", told, _bar(report), _sums(report), rows)


def _bar(report: RunReport) -> Html | None:
    path = report.critical_path
    whole = path.total.wall_seconds
    if not whole:
        return None
    at, parts = 0.0, []
    for one in path.stretches:
        width = one.duration.wall_seconds / whole * 100
        parts.append(
            tag(
                "rect",
                tag("title", _tooltip(one)),
                class_=_TOLD[one.kind][1],
                x=f"{at:.2f}%",
                width=f"{width:.2f}%",
                height="26",
            )
        )
        at += width
    words = ", ".join(f"{kind}: {one.seconds:.0f} s" for kind, one in path.totals.items())
    return tag("svg", parts, width="100%", height="26", role="img", aria_label=words)


def _tooltip(one: Stretch) -> str:
    where = f" {plain_name(one.wave)}" if one.wave else ""
    return f"{_TOLD[one.kind][0]}{where}: {one.duration.seconds:.0f} s"


def _sums(report: RunReport) -> Html:
    path = report.critical_path
    whole = path.total.seconds or 1
    kinds = [kind for kind in TimeKind if kind.value in path.totals]
    return table(
        (
            ("", "", lambda kind: swatch(_TOLD[kind][1])),
            ("Went to", "nw", lambda kind: _TOLD[kind][0]),
            ("Time", "n nw", lambda kind: lasted(path.totals[kind.value], report)),
            ("Share", "n", lambda kind: f"{path.totals[kind.value].seconds / whole:.1%}"),
            ("Meaning", "soft wide", lambda kind: _TOLD[kind][2]),
        ),
        kinds,
        fits=True,
    )


def swatch(css: str) -> Html:
    """A sample of a colour, for a legend."""
    square = tag("rect", class_=css, x="1", y="1", width="12", height="12")
    return tag("svg", square, width="14", height="14", aria_hidden="true")
