"""Shows that something is going on: never silent for more than two seconds.

On a terminal a step is one line that counts its seconds; elsewhere (CI, a file) it is a line when
it begins, one every two seconds, and one when it ends.
"""

import sys
import threading
import time
from types import TracebackType
from typing import TextIO

from breakwater_local.style import GREEN, RED, Style

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_WIDTH = 100


class Step:
    """`with Step("Installing packages") as step:`; tell it more with `step.says(...)`."""

    def __init__(self, title: str, out: TextIO | None = None, quiet_seconds: float = 1.9) -> None:
        self._title = title
        self._out = out or sys.stdout
        self._terminal = self._out.isatty()
        self._style = Style.of(self._out)
        self._quiet = 0.1 if self._terminal else quiet_seconds
        self._detail = ""
        self._outcome = ""
        self._done = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)
        self._began = time.monotonic()

    def says(self, detail: str) -> None:
        """What is happening inside the step, in a few words."""
        self._detail = " ".join(detail.split())

    def ends(self, outcome: str) -> None:
        """What came of it, for the last line."""
        self._outcome = outcome

    def __enter__(self) -> "Step":
        if not self._terminal:
            self._print(f"… {self._title}")
        self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        self._ticker.join()
        sign = self._style.paint("✓", GREEN) if error is None else self._style.paint("✗", RED)
        outcome = f": {self._outcome}" if self._outcome and error is None else ""
        start = "\r\033[K" if self._terminal else ""
        self._print(f"{start}{sign} {self._title}{outcome} ({self._seconds()})")

    def _tick(self) -> None:
        frame = 0
        while not self._done.wait(self._quiet):
            frame += 1
            detail = f": {self._detail}" if self._detail else ""
            line = f"{self._title} ({self._seconds()}){detail}"[:_WIDTH]
            if self._terminal:
                frames = self._style.shown(f"{_FRAMES[frame % len(_FRAMES)]} {line}")
                self._out.write(f"\r\033[K{frames}")
                self._out.flush()
            else:
                self._print(f"  {line}")

    def _seconds(self) -> str:
        return f"{time.monotonic() - self._began:.0f} s"

    def _print(self, line: str) -> None:
        self._out.write(self._style.shown(line) + "\n")
        self._out.flush()
