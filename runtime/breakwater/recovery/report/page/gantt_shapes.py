"""What a row of the Gantt chart is drawn with. Pure."""

from collections.abc import Iterator
from datetime import datetime

from breakwater.recovery.report.page.gantt_scale import Scale, objective_seconds
from breakwater.recovery.report.page.markup import Html, tag
from breakwater.recovery.report.run_report import RunReport
from breakwater.recovery.told_time import told_seconds


def row(css: str, label: object, drawn: object, height: int, told: str) -> Html:
    """A label, and a picture as wide as there is room."""
    picture = tag("svg", drawn, width="100%", height=str(height), role="img", aria_label=told)
    return tag("div", tag("div", label, class_="gl"), picture, class_=f"g {css}")


def grid(report: RunReport, scale: Scale) -> Iterator[Html]:
    """The ticks of the axis, and the objective where it is on it."""
    for at, _ in scale.ticks():
        yield _line(at, "grid")
    objective = objective_seconds(report)
    if objective is not None and objective <= scale.seconds:
        yield _line(objective / scale.seconds * 100, "rto")


def _line(at: float, css: str) -> Html:
    place = f"{at:.2f}%"
    return tag("line", class_=css, x1=place, x2=place, y1="0", y2="100%")


def tick(at: float, css: str) -> Html:
    """A thin mark on a bar."""
    return tag("rect", class_=css, x=f"{at:.2f}%", y="6", width="1.5", height="10")


def bar(
    scale: Scale,
    span: tuple[datetime, datetime],
    css: str,
    told: str,
    place: tuple[int, int],
) -> Html | None:
    """From one moment to another; nothing where that is before the axis or the wrong way round.

    :param place: its upper edge and its height.
    """
    (start, end), (top, height) = span, place
    left, right = scale.percent(start), scale.percent(end)
    if right < left or end <= scale.start:
        return None
    return tag(
        "rect",
        tag("title", f"{told}: {told_seconds((end - start).total_seconds() * scale.time_scale)}"),
        class_=css,
        x=f"{left:.2f}%",
        width=f"{max(0.2, right - left):.2f}%",
        y=str(top),
        height=str(height),
    )
