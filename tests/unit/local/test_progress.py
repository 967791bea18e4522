"""Never silent for more than two seconds, on a terminal and off it."""

import io
import threading

import pytest

from breakwater_local.progress import Step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Watched(io.StringIO):
    """Text that lets a test wait for a line."""

    def __init__(self) -> None:
        super().__init__()
        self.grew = threading.Condition()

    def write(self, text: str) -> int:
        with self.grew:
            written = super().write(text)
            self.grew.notify_all()
        return written

    def wait_for(self, text: str) -> bool:
        with self.grew:
            return self.grew.wait_for(lambda: text in self.getvalue(), timeout=60)


def test_a_step_says_when_it_begins_and_what_came_of_it() -> None:
    out = io.StringIO()
    with Step("Deploying", out) as step:
        step.ends("four stacks")
    assert out.getvalue().splitlines() == ["… Deploying", "✓ Deploying: four stacks (0 s)"]


def test_a_step_that_fails_is_not_said_to_have_worked() -> None:
    out = io.StringIO()
    step = Step("Deploying", out)
    step.ends("four stacks")
    with pytest.raises(ZeroDivisionError), step:
        _ = 1 / 0
    assert out.getvalue().splitlines()[-1] == "✗ Deploying (0 s)"


def test_a_long_step_goes_on_telling_what_it_does() -> None:
    out = Watched()
    with Step("Deploying", out, quiet_seconds=0.01) as step:
        step.says("  data:\n creating   tables ")
        assert out.wait_for("  Deploying (0 s): data: creating tables\n")


def test_silence_is_shorter_than_two_seconds_by_default() -> None:
    assert Step("Deploying", io.StringIO())._quiet < 2.0
    assert Step("Deploying", Terminal())._quiet < 2.0


def test_on_a_terminal_a_step_is_one_line() -> None:
    out = Terminal()
    with Step("Deploying", out):
        pass
    assert out.getvalue().count("\n") == 1
    assert "\r" in out.getvalue()
