"""How lines look: colours, symbols, cells. Pure.

Lines are made in Unicode. `shown` turns one into what a terminal of another encoding can show,
character by character, so that columns stay where they are.
"""

import os
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

GREEN, RED, YELLOW, CYAN, DIM, BOLD = "32", "31", "33", "36", "2", "1"
_ASCII = str.maketrans("✓✗●‖–■□·…█░→×─⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "+x*=-#o.~#.>x-" + "|/-\\" * 2 + "|/")
_SIGNS: Mapping[str, tuple[str, str]] = {
    "PENDING": ("·", DIM),
    "SKIPPED": ("–", DIM),
    "RUNNING": ("●", CYAN),
    "LAUNCHING": ("●", CYAN),
    "CANCELLING": ("●", YELLOW),
    "PAUSING": ("‖", YELLOW),
    "PAUSED": ("‖", YELLOW),
    "HELD": ("‖", YELLOW),
    "COMPLETED": ("✓", GREEN),
    "LAUNCHED": ("✓", GREEN),
    "SUCCEEDED": ("✓", GREEN),
    "FAILED": ("✗", RED),
    "TIMED_OUT": ("✗", RED),
    "CANCELLED": ("■", YELLOW),
    "TERMINATED": ("□", YELLOW),
}


@dataclass(frozen=True)
class Style:
    """What the terminal can show."""

    colours: bool = False
    unicode: bool = True

    @classmethod
    def of(cls, out: TextIO) -> "Style":
        """Of this output: NO_COLOR is respected, and so is an encoding that is not UTF-8."""
        dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
        encoding = (out.encoding or "utf-8").lower().replace("-", "")  # text in memory has none
        return cls(colours=out.isatty() and not dumb, unicode=encoding.startswith("utf"))

    def paint(self, text: str, colour: str) -> str:
        """In this colour, if there are colours."""
        return f"\033[{colour}m{text}\033[0m" if self.colours and text else text

    def shown(self, line: str) -> str:
        """As the terminal can show it."""
        if self.unicode:
            return line
        return line.translate(_ASCII).encode("ascii", "replace").decode()


def sign(status: str) -> tuple[str, str]:
    """The symbol and the colour of a status; one that we do not know is shown as unknown."""
    return _SIGNS.get(status, ("?", YELLOW))


def plain(text: object) -> str:
    """Without anything that a terminal would obey: names come from tags that anybody may write."""
    return "".join(
        "?" if unicodedata.category(one)[0] == "C" else one for one in " ".join(str(text).split())
    )


def cells(text: str) -> int:
    """How wide it is on a terminal."""
    return sum(_cell(one) for one in text)


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Exactly so wide: cut with an ellipsis, or filled up."""
    if cells(text) > width:
        cut, used = "", 0
        for one in text:
            if used + _cell(one) > width - 1:
                break
            cut, used = cut + one, used + _cell(one)
        text = f"{cut}…" if width > 0 else ""
    space = " " * (width - cells(text))
    return space + text if right else text + space


def wrapped(text: str, width: int, indent: str = "", most: int = 0) -> list[str]:
    """In lines no wider than this; at most so many, if a number is given."""
    lines = textwrap.wrap(
        plain(text),
        max(width, len(indent) + 8),
        initial_indent=indent,
        subsequent_indent=indent,
        max_lines=most or None,
        placeholder=" …",
    )
    return [fitted(line, width).rstrip() for line in lines]


def minutes(seconds: float) -> str:
    """`16:05`, `1:02:33`: minutes and seconds, hours where there are any."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    if hours:
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{rest // 60}:{rest % 60:02d}"


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
