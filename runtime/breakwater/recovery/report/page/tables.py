"""A table of any rows; one column per pair of heading and cell. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from breakwater.recovery.report.page.markup import Html, tag

Row = TypeVar("Row")
Column = tuple[str, str, Callable[[Row], object]]
"""Heading, class of its cells, what a cell shows."""


def table(columns: Sequence[Column[Row]], rows: Iterable[Row], *, fits: bool = False) -> Html:
    """With headings that repeat on paper; wide ones scroll by themselves on a phone.

    :param fits: narrow enough for a phone as it is.
    """
    head = tag(
        "tr", [tag("th", title, class_=_of_heading(css), scope="col") for title, css, _ in columns]
    )
    body = [
        tag("tr", [tag("td", show(row), class_=css or None) for _, css, show in columns])
        for row in rows
    ]
    whole = tag("table", tag("thead", head), tag("tbody", body))
    return tag("div", whole, class_="scroll fits" if fits else "scroll")


def _of_heading(css: str) -> str | None:
    """Numbers stand under the right end of what they are called."""
    return " ".join(one for one in css.split() if one in {"n", "wide"}) or None


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Names and values; what has none is left out."""
    shown = [(title, value) for title, value in pairs if value not in (None, "")]
    return tag("dl", [(tag("dt", title), tag("dd", value)) for title, value in shown])


def section(anchor: str, title: str, *content: object) -> Html:
    """A part of the page that the contents lead to."""
    return tag("section", tag("h2", title), content, id=anchor)
