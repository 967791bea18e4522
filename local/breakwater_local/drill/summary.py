"""What came of a run, for the people who watched it: report JSON → lines. Pure.

The figures are the report's own, so that terminal, page and file never differ.
"""

from collections.abc import Iterator
from typing import Any

from breakwater_local.drill.run_time import Json
from breakwater_local.style import (
    BOLD,
    DIM,
    GREEN,
    RED,
    YELLOW,
    Style,
    cells,
    fitted,
    minutes,
    plain,
    sign,
    wrapped,
)

_LABEL = 16
_MOST_FAILURES = 12
_COLOURS = {"failure": RED, "warning": YELLOW}


def summary(report: Json, width: int, style: Style) -> list[str]:
    """The outcome, recovery time and point against the objectives, each wave, each failure."""
    width = max(width, 40)
    return [
        *_outcome(report, width, style),
        *_recovery_time(report, width, style),
        *_recovery_point(report, width, style),
        *_waves(report, width, style),
        *_deviations(report, width, style),
    ]


def labelled(label: str, text: str, width: int, style: Style, colour: str = "") -> list[str]:
    """`Label           text`, the text wrapped beside its label."""
    lines = wrapped(text, width - _LABEL) or [""]
    first, *more = [style.paint(line, colour) if colour else line for line in lines]
    return [f"{style.paint(fitted(label, _LABEL), BOLD)}{first}"] + [
        f"{' ' * _LABEL}{line}" for line in more
    ]


def _outcome(report: Json, width: int, style: Style) -> Iterator[str]:
    symbol, colour = sign(report["status"])
    for line in wrapped(f"{symbol} {report['headline']}", width):
        yield style.paint(line, colour)
    if report["cause"]:
        yield from wrapped(report["cause"], width, "  ", 8)
    yield ""


def _recovery_time(report: Json, width: int, style: Style) -> Iterator[str]:
    time = report["recoveryTime"]
    objective, elapsed = time["objectiveMinutes"], time["elapsed"]
    if time["measured"] is None:
        said = f"none: it was over after {minutes(elapsed['seconds'])}"
        colour = RED
    else:
        said, colour = minutes(elapsed["seconds"]), GREEN
    if objective is not None:
        word = {True: "met", False: "missed", None: "not judged"}[time["met"]]
        said += f", RTO {minutes(objective * 60)}: {word}"
        colour = RED if time["met"] is False else colour
    yield from labelled("Recovery time", said, width, style, colour)
    if time["paused"]["seconds"]:
        said = f"{minutes(time['paused']['seconds'])} of it"
        if time["withoutPauses"] is not None:
            said += f"; without, {minutes(time['withoutPauses']['seconds'])}"
            if time["metWithoutPauses"] is not None:
                said += f": RTO {'met' if time['metWithoutPauses'] else 'missed'}"
        yield from labelled("  paused", said, width, style)
    scale = report["timeScale"]
    if scale != 1:
        said = (
            f"{minutes(elapsed['wallSeconds'])}. Time runs {scale} times faster here than on AWS: "
            "all other times are the run's, and say nothing about how fast AWS is."
        )
        yield from labelled("  by your clock", said, width, style)


def _recovery_point(report: Json, width: int, style: Style) -> Iterator[str]:
    point = report["recoveryPoint"]
    if point["worst"] is None:
        return
    said = f"worst {minutes(point['worst']['seconds'])} of data lost ({point['worstServer']})"
    colour = ""
    if point["met"] is not None:
        said += f", RPO {minutes(point['objectiveMinutes'] * 60)}: "
        said += "met" if point["met"] else "missed"
        colour = GREEN if point["met"] else RED
    if point["previousSnapshots"]:
        said += f"; {point['previousSnapshots']} from an older snapshot"
    yield from labelled("Recovery point", said, width, style, colour)


def _waves(report: Json, width: int, style: Style) -> Iterator[str]:
    yield ""
    name = max([4, *(cells(plain(wave["name"])) for wave in report["waves"])])
    name = min(name, max(8, width - 42))
    for wave in report["waves"]:
        symbol, colour = sign(wave["status"])
        taken = _duration(wave["recoveryTime"])
        critical = "  critical path" if wave["onCriticalPath"] else ""
        counted = f"{wave['serversLaunched']} of {wave['servers']} servers"
        line = f"{fitted(wave['status'], 10)} {taken:>8}  {counted:<16}{critical}"
        head = f"{style.paint(symbol, colour)} {fitted(plain(wave['name']), name)} "
        yield head + fitted(line, width - name - 3).rstrip()
    yield ""


def _deviations(report: Json, width: int, style: Style) -> Iterator[str]:
    told = [
        one
        for one in report["deviations"]
        if one["severity"] in _COLOURS and one["text"] not in (report["cause"] or "")
    ]
    if not told:
        return
    yield style.paint("What did not go as planned", BOLD)
    for one in told[:_MOST_FAILURES]:
        where = f"{one['wave']}: " if one["wave"] else ""
        who = f" ({', '.join(one['servers'])})" if one["servers"] else ""
        for line in wrapped(f"{where}{one['text']}{who}", width, "  ", 5):
            yield style.paint(line, _COLOURS[one["severity"]])
    if len(told) > _MOST_FAILURES:
        yield style.paint(f"  … {len(told) - _MOST_FAILURES} more: see the report", DIM)
    yield ""


def _duration(told: Any) -> str:
    return minutes(told["seconds"]) if told else "-"
