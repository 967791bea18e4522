"""Lines on terminals of every kind."""

import io

import pytest

from breakwater_local.style import Style, cells, fitted, minutes, plain


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def terminal(encoding: str = "utf-8") -> Terminal:
    return Terminal(io.BytesIO(), encoding=encoding)


def test_colours_are_for_terminals_and_for_who_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Style.of(terminal()).colours
    assert not Style.of(io.StringIO()).colours
    monkeypatch.setenv("TERM", "dumb")
    assert not Style.of(terminal()).colours
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Style.of(terminal()).colours
    assert Style.of(terminal()).paint("✓", "32") == "✓"


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "✓ ░ Łódź"), ("ascii", "+ . ??d?"), ("latin-1", "+ . ??d?")]
)
def test_what_a_terminal_cannot_show_is_replaced_one_by_one(encoding: str, shown: str) -> None:
    assert Style.of(terminal(encoding)).shown("✓ ░ Łódź") == shown


def test_names_cannot_command_the_terminal() -> None:
    assert plain("db\x1b[2J-01\n\x07 \u202e x") == "db?[2J-01 ? ? x"


def test_text_is_cut_and_filled_by_cells_not_by_characters() -> None:
    assert fitted("データベース", 7) == "データ…"
    assert fitted("データ", 7) == "データ "
    assert fitted("7", 3, right=True) == "  7"
    assert fitted("anything", 0) == ""
    assert cells("e\u0301") == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (-4, "0:00")],
)
def test_durations_are_minutes_and_seconds(seconds: float, said: str) -> None:
    assert minutes(seconds) == said
