"""The Gantt chart: a row per wave, and per server where they are few. Pure.

Rows are HTML, so that names keep their size on a phone; what is drawn in a row is SVG in percent.
"""

from collections.abc import Iterator

from breakwater.recovery.report.page.findings import action_told
from breakwater.recovery.report.page.gantt_scale import Scale, thinned
from breakwater.recovery.report.page.gantt_shapes import bar, grid, row, tick
from breakwater.recovery.report.page.markup import Html, name, plain_name, tag
from breakwater.recovery.report.page.tables import section
from breakwater.recovery.report.page.time_path import swatch
from breakwater.recovery.report.page.words import tone
from breakwater.recovery.report.parts import ServerReport, WaveReport
from breakwater.recovery.report.run_report import RunReport
from breakwater.recovery.told_time import told_seconds

SERVER_ROWS = 60
"""More servers than this are marks on their wave's bar."""

_WORTH_DRAWING = 0.5
_PHASES = (
    ("SNAPSHOT_START", "f-snap"),
    ("CONVERSION_START", "f-conv"),
    ("LAUNCH_START", "f-launch"),
)
_LEGEND = (
    ("f-held", "waiting for a person, or for a place"),
    ("f-snap", "snapshot"),
    ("f-conv", "conversion"),
    ("f-launch", "launch"),
    ("f-conf", "launched, confirmed in EC2"),
    ("f-good", "completed"),
    ("f-bad", "failed"),
)


def gantt(report: RunReport) -> Html:
    """Everything on one axis of time."""
    scale = Scale.of(report)
    small = len(report.servers) <= SERVER_ROWS
    rows = [_axis(report, scale), _run_row(report, scale)]
    for wave in report.waves:
        mine = [one for one in report.servers if one.wave == wave.name]
        rows.append(_wave_row(report, wave, [] if small else mine, scale))
        if small:
            rows += [_server_row(report, wave, one, scale) for one in mine]
    rows += _cleanup_rows(report, scale)
    legend = [tag("span", swatch(css), told) for css, told in _LEGEND]
    marks = "" if small else " Thin lines on a bar: servers up (light) or failed (red)."
    told = f"◆: on the critical path.{marks} The dashed red line is the recovery time objective."
    return section(
        "gantt",
        "Waves and servers over time",
        tag("div", rows, class_="gantt"),
        tag("div", legend, class_="legend"),
        tag("p", told, class_="soft small"),
    )


def _axis(report: RunReport, scale: Scale) -> Html:
    ticks = scale.ticks()
    texts = [
        tag(
            "text",
            told_seconds(seconds) if seconds else "start",
            x=f"{at:.2f}%",
            y="12",
            text_anchor="start" if at < 4 else "end" if at > 96 else "middle",
            class_="odd" if number % 2 else None,
        )
        for number, (at, seconds) in enumerate(ticks)
    ]
    zone = "of the run's clock" if report.time_scale != 1 else "after the start"
    return row("axis", tag("span", zone, class_="soft"), texts, 18, "time axis")


def _run_row(report: RunReport, scale: Scale) -> Html:
    end = report.ended_at or report.as_of
    drawn = [
        bar(scale, (report.started_at, end), f"f-{tone(report.status.value)}", "the run", (6, 8))
    ]
    drawn += [
        tag(
            "circle",
            tag("title", f"{plain_name(one.by)} {action_told(one.action)}"),
            class_="mark",
            cx=f"{scale.percent(one.at):.2f}%",
            cy="10",
            r="5",
        )
        for one in report.decisions
        if one.at is not None and report.started_at <= one.at <= end
    ]
    label = tag("span", "The run, and decisions (dots)")
    return row("wave", label, [*grid(report, scale), *drawn], 20, f"run {report.status.value}")


def _wave_row(
    report: RunReport, wave: WaveReport, servers: list[ServerReport], scale: Scale
) -> Html:
    drawn: list[Html | None] = []
    now = report.ended_at or report.as_of
    if not wave.taken_over:
        if wave.held_at:
            until = wave.started_at or wave.ended_at or now
            drawn.append(bar(scale, (wave.held_at, until), "f-held", "waits for a person", (5, 12)))
        if wave.started_at:
            css = f"f-{tone(wave.status.value)}"
            end = wave.ended_at or now
            drawn.append(bar(scale, (wave.started_at, end), css, wave.status.value, (4, 14)))
        up = [one.confirmed_at for one in servers if one.confirmed_at and not one.taken_over]
        lost = [one.ended_at for one in servers if one.ended_at and one.status.value == "FAILED"]
        drawn += [tick(at, "tick") for at in thinned(scale.percent(one) for one in up)]
        drawn += [tick(at, "tick f-bad") for at in thinned(scale.percent(one) for one in lost)]
    css = "wave crit" if wave.on_critical_path else "wave"
    said = "taken over" if wave.taken_over else wave.status.value.lower()
    label = [name(wave.name), tag("span", f" {said}", class_="soft small")]
    return row(css, label, [*grid(report, scale), *drawn], 22, f"wave {wave.name}: {said}")


def _server_row(report: RunReport, wave: WaveReport, server: ServerReport, scale: Scale) -> Html:
    drawn = [] if server.taken_over else list(_server_bars(report, wave, server, scale))
    return row(
        "server",
        name(server.name),
        [*grid(report, scale), *drawn],
        16,
        f"server {server.name}: {server.status.value}",
    )


def _server_bars(
    report: RunReport, wave: WaveReport, server: ServerReport, scale: Scale
) -> Iterator[Html | None]:
    end = server.confirmed_at or server.ended_at or report.ended_at or report.as_of
    if wave.started_at and wave.status.value != "SKIPPED":
        until = server.started_at or end
        if scale.percent(until) - scale.percent(wave.started_at) > _WORTH_DRAWING:
            yield bar(scale, (wave.started_at, until), "f-queue", "waits for a place", (5, 6))
    if server.started_at is None:
        return
    phases = {one.name: one.at for one in server.phases}
    known = [(phases[one], css, one) for one, css in _PHASES if one in phases]
    cuts = [(server.started_at, "f-snap" if known else "f-launch", "JOB"), *known]
    up = server.launched_at or end
    for (at, css, told), (until, _, _) in zip(cuts, [*cuts[1:], (up, "", "")], strict=True):
        yield bar(scale, (at, until), css, told.lower().replace("_start", ""), (3, 10))
    if server.launched_at:
        yield bar(scale, (server.launched_at, end), "f-conf", "confirmation", (3, 10))
    if server.status.value == "FAILED" and server.ended_at:
        yield tag("text", "✕", class_="f-bad", x=f"{scale.percent(server.ended_at):.2f}%", y="12")


def _cleanup_rows(report: RunReport, scale: Scale) -> Iterator[Html]:
    for one in report.compensation:
        if one.round == 0 and one.started_at is not None:
            end = one.ended_at or report.as_of
            shape = bar(
                scale, (one.started_at, end), f"f-{tone(one.status.value)}", one.name, (4, 10)
            )
            label = [
                name(one.name),
                tag("span", f" {one.status.value.lower()}", class_="soft small"),
            ]
            yield row("wave", label, [*grid(report, scale), shape], 18, one.name)
