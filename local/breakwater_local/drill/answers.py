"""What somebody types while a run is watched, line by line; nobody waits for it.

While a screen is drawn the terminal does not echo: what is typed is part of the screen. It is left
as it was found, however the watching ends.
"""

import contextlib
import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager

_ERASE, _ENTER, _END = ("\x7f", "\b"), ("\n", "\r"), "\x04"


class Answers:
    """The keyboard, or nothing."""

    def __init__(self) -> None:
        self.typed = ""
        self._there = sys.stdin is not None and sys.stdin.isatty()

    @property
    def possible(self) -> bool:
        """Is somebody there who could answer?"""
        return self._there

    @contextmanager
    def unechoed(self) -> Iterator[None]:
        """Each key is read as it is pressed; Ctrl-C stays Ctrl-C."""
        if not self._there:
            yield
            return
        keyboard = sys.stdin.fileno()
        before = termios.tcgetattr(keyboard)
        try:
            tty.setcbreak(keyboard)
            yield
        finally:
            with contextlib.suppress(termios.error):  # the terminal is gone
                termios.tcsetattr(keyboard, termios.TCSADRAIN, before)

    def within(self, seconds: float) -> str | None:
        """A line, as soon as it is complete; None if there is none in this time.

        Returns early, with None, when something was typed that should be shown.
        """
        if not self._there:
            time.sleep(seconds)
            return None
        keyboard = sys.stdin.fileno()
        readable, _, _ = select.select([keyboard], [], [], seconds)
        if not readable:
            return None
        keys = os.read(keyboard, 1024).decode(errors="replace")
        if not keys or keys == _END:
            self._there = bool(keys)  # nothing more will come, or only its end was said
            return None
        return self.take(keys)

    def take(self, keys: str) -> str | None:
        """Keys as they come; the line that they complete. What follows it is forgotten."""
        for key in keys:
            if key in _ENTER:
                line, self.typed = self.typed, ""
                return line.strip()
            if key in _ERASE:
                self.typed = self.typed[:-1]
            elif key.isprintable():
                self.typed += key
        return None
