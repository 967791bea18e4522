"""In place on a terminal, line after line elsewhere."""

import io

import pytest

from breakwater_local.drill.display import Display
from tests.unit.local.drill.made import half_way, later, run


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "81")
    monkeypatch.setenv("LINES", "50")
    return Terminal(io.BytesIO(), encoding="utf-8")


def test_on_a_terminal_a_run_is_drawn_over_what_it_was(terminal: Terminal) -> None:
    display = Display(terminal)
    display.show(half_way(), later(25))
    first = terminal.text
    display.show(half_way(), later(26))
    second = terminal.text.removeprefix(first)
    lines = first.count("\n")
    assert second.startswith(f"\033[{lines}F")
    assert second.count("\n") == lines
    assert "26:00" in second


def test_a_question_is_the_last_line_and_the_cursor_stays_behind_it(terminal: Terminal) -> None:
    Display(terminal).show(half_way(), later(25), [], "Release web? y")
    assert terminal.text.endswith("Release web? y\033[J")


def test_a_terminal_that_changes_its_size_is_drawn_anew(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    display = Display(terminal)
    display.show(half_way(), later(25))
    first = terminal.text
    monkeypatch.setenv("COLUMNS", "61")
    display.show(half_way(), later(25))
    assert terminal.text.removeprefix(first).startswith("\033[2J\033[H")


def test_what_stays_is_the_whole_run_and_what_follows_is_below_it(terminal: Terminal) -> None:
    display = Display(terminal)
    display.show(half_way(), later(25))
    display.leave(half_way(), later(25))
    before = terminal.text
    display.tell(["The end."])
    assert terminal.text.removeprefix(before) == "The end.\n"


def test_elsewhere_only_news_are_told_and_a_question_once() -> None:
    out = io.StringIO()
    display = Display(out)
    for _ in range(3):
        display.show(run(), later(1), ["Nobody is there."], "Answer elsewhere.")
    assert out.getvalue().splitlines() == [
        "    1:00 ● run RUNNING",
        "Nobody is there.",
        "Answer elsewhere.",
    ]


def test_elsewhere_the_end_is_told_too() -> None:
    out = io.StringIO()
    display = Display(out)
    display.show(run(), later(1))
    display.leave(run(status="COMPLETED"), later(2))
    assert out.getvalue().splitlines()[-1] == "    2:00 ✓ run COMPLETED"


def test_a_terminal_that_can_nothing_gets_lines(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    Display(terminal).show(run(), later(1))
    assert terminal.text == "    1:00 ● run RUNNING\n"


def test_what_is_no_utf_8_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    out = Terminal(io.BytesIO(), encoding="ascii")
    Display(out).show(run(), later(1))
    assert out.text == "    1:00 * run RUNNING\n"
