"""Where a run is shown: in place on a terminal, line after line elsewhere."""

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

from breakwater_local.drill.news import news
from breakwater_local.drill.run_time import Json
from breakwater_local.drill.screen import Size, screen
from breakwater_local.style import Style

_UP, _CLEAR_LINE, _CLEAR_BELOW = "\033[{}F", "\033[K", "\033[J"
_CLEAR_ALL = "\033[2J\033[H"


class Display:
    """Shows one run, again and again."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.style = Style.of(out)
        self.in_place = out.isatty() and os.environ.get("TERM") not in ("dumb", None)
        self._drawn = 0
        self._size = self.size
        self._last: Json | None = None
        self._notes: Sequence[str] = ()

    @property
    def size(self) -> Size:
        """Of the terminal as it is now; of a usual one where there is none."""
        found = shutil.get_terminal_size((80, 40))
        # Some terminals wrap a line that fills them to the last cell.
        return Size(width=found.columns - (1 if self.in_place else 0), height=found.lines)

    def show(self, run: Json, now: datetime, notes: Sequence[str] = (), question: str = "") -> None:
        """As it is now.

        :param question: the last line; the cursor stays behind it.
        """
        if self.in_place:
            self._draw(screen(run, self.size, now, self.style, [*notes, question]), question)
        else:
            self.tell(news(self._last, run, now, self.style))
            fresh = [note for note in [*notes, question] if note and note not in self._notes]
            self.tell(fresh)
        self._last, self._notes = run, [*notes, question]

    def knows(self, run: Json) -> None:
        """Somebody has seen it as it is: nothing of it is news."""
        self._last = run

    def leave(self, run: Json | None, now: datetime) -> None:
        """For good: the whole run once more, however long, and the cursor below it."""
        if self.in_place and run is not None:
            tall = Size(width=self.size.width, height=100_000)
            self._draw(screen(run, tall, now, self.style), "")
        elif run is not None:
            self.tell(news(self._last, run, now, self.style))
        self._last, self._drawn = run, 0

    def tell(self, lines: Sequence[str]) -> None:
        """Lines that stay."""
        self._drawn = 0
        for line in lines:
            self._out.write(f"{self.style.shown(line)}\n")
        self._out.flush()

    def _draw(self, lines: list[str], question: str) -> None:
        if not question:
            lines = [*lines, ""]
        size = self.size
        start = _UP.format(self._drawn) if self._drawn else "\r"
        if self._drawn and size != self._size:
            start = _CLEAR_ALL  # what stood there was wrapped anew: nobody knows where
        text = f"{_CLEAR_LINE}\n".join(self.style.shown(line) for line in lines)
        self._out.write(f"{start}{text}{_CLEAR_BELOW}")
        self._out.flush()
        self._drawn, self._size = len(lines) - 1, size
