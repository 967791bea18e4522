"""The screen of a run: run JSON, size, now → lines, none wider than the width. Pure.

A line per wave and one per server; columns that do not fit are left out, the least telling first.
What does not fit below each other is told in fewer words: servers that are well give way first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from breakwater_local.drill.canvas import NARROWEST, Canvas
from breakwater_local.drill.rows import server_rows, step_rows, wave_row
from breakwater_local.drill.run_time import ENDED, Json, elapsed, servers, waves
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

_ALL_WELL = frozenset({"LAUNCHED", "PENDING", "SKIPPED"})
_SETTLED_WAVES_SHORT, _LAUNCHED_HIDDEN, _ONLY_TROUBLE = 1, 2, 3
_SHORTEST_BAR = 6
_RTO_NEAR = 0.8


@dataclass(frozen=True, kw_only=True)
class Size:
    """Of the terminal, in characters."""

    width: int
    height: int


def screen(
    run: Json, size: Size, now: datetime, style: Style, notes: Sequence[str] = ()
) -> list[str]:
    """All of it.

    :param notes: what stands at the bottom, whatever else must give way: a question, what went
        wrong with watching.
    """
    on = Canvas(width=max(size.width, NARROWEST), now=now, style=style)
    foot = [line for note in notes for line in wrapped(note, on.width)]
    head = [*_head(run, on), *_attention(run, on), ""]
    room = max(3, size.height - len(head) - len(foot) - 2)
    body = list(_body(run, on, 0))
    for fewer in (_SETTLED_WAVES_SHORT, _LAUNCHED_HIDDEN, _ONLY_TROUBLE):
        if len(body) > room:
            body = list(_body(run, on, fewer))
    if len(body) > room:
        more = f"… {len(body) - room + 1} more lines: a taller window shows them"
        body = [*body[: room - 1], style.paint(fitted(more, on.width).rstrip(), DIM)]
    return [*head, *body, *([""] if foot else []), *foot]


def _head(run: Json, on: Canvas) -> Iterator[str]:
    status = run["status"]
    what = "Drill" if run["isDrill"] else "REAL RECOVERY"
    symbol, colour = sign(status)
    title = fitted(f"{what} of {plain(run['planName'])}", on.width - len(status) - 3)
    yield on.style.paint(title, BOLD) + on.style.paint(f" {symbol} {status}", colour)
    yield on.style.paint(fitted(f"Run {run['executionId']}", on.width).rstrip(), DIM)
    yield _progress(run, on)
    for line in _counts(run, on.now):
        yield fitted(line, on.width).rstrip()


def _progress(run: Json, on: Canvas) -> str:
    taken, objective = elapsed(run, on.now), run["rtoMinutes"]
    if objective is None:
        return fitted(f"Elapsed {minutes(taken)}; the plan has no RTO", on.width).rstrip()
    share = taken / (objective * 60)
    before = f"Elapsed {minutes(taken)} of {minutes(objective * 60)} RTO "
    after = f" {int(share * 100)}%"  # cut, not rounded: 100% is not before the objective
    long = on.width - cells(before) - cells(after)
    if long < _SHORTEST_BAR:
        return fitted(before + after.strip(), on.width).rstrip()
    full = min(long, int(share * long))
    colour = RED if share > 1 else YELLOW if share > _RTO_NEAR or run["rtoAtRisk"] else GREEN
    paint = on.style.paint
    return before + paint("█" * full, colour) + paint("░" * (long - full), DIM) + after


def _counts(run: Json, now: datetime) -> Iterator[str]:
    failed = f", {run['serversFailed']} failed" if run["serversFailed"] else ""
    yield (
        f"{run['serversLaunched']} of {run['serverCount']} servers launched{failed} · "
        f"{run['wavesEnded']} of {run['waveCount']} waves over"
    )
    scale = run["timeScale"]
    if scale != 1:
        yield f"By your clock {minutes(elapsed(run, now) / scale)}: time runs {scale} × faster here"
    if run["pausedSeconds"]:
        yield f"{minutes(run['pausedSeconds'])} of it paused"


def _attention(run: Json, on: Canvas) -> Iterator[str]:
    if run["status"] in ENDED:
        return
    said = [*run["attention"]]
    if run["rtoAtRisk"]:
        said.append("The recovery time objective is at risk.")
    asked = (("cancelled it", run["cancelRequested"]), ("asks for a pause", run["pauseRequested"]))
    said += [f"{who['by']} {word}: {who['reason']}" for word, who in asked if who]
    for text in said:
        yield from (on.style.paint(line, YELLOW) for line in wrapped(f"! {text}", on.width, most=3))


def _body(run: Json, on: Canvas, fewer: int) -> Iterator[str]:
    if run["cause"]:
        yield from (on.style.paint(line, RED) for line in wrapped(run["cause"], on.width, most=4))
    for wave in waves(run):
        yield wave_row(run, wave, on)
        if wave["status"] == "FAILED" and wave["cause"] and not run["cause"]:
            yield from (on.style.paint(one, RED) for one in wrapped(wave["cause"], on.width, "  "))
        for server in _shown(wave, fewer):
            yield from server_rows(run, wave, server, on)
    for step in run.get("compensation") or []:
        yield from step_rows(step, on)


def _shown(wave: Json, fewer: int) -> list[Json]:
    hidden = frozenset[str]()
    if fewer >= _SETTLED_WAVES_SHORT and wave["status"] != "LAUNCHING":
        hidden = _ALL_WELL
    elif fewer >= _LAUNCHED_HIDDEN:
        hidden = _ALL_WELL | {"LAUNCHING"} if fewer == _ONLY_TROUBLE else frozenset({"LAUNCHED"})
    return [one for one in servers(wave) if one["status"] not in hidden]
