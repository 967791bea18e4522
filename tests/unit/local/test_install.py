"""Installing: quick when it is done, begun again when it was cut off."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from breakwater_local import install as installer
from breakwater_local.problem import Problem


class Commands:
    """Stands for the programs that install; remembers them, and fails where it is told to."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.fails_at = ""

    def run(self, command: Sequence[str], *, cwd: Path, **_: Any) -> None:
        words = " ".join(command)
        name = next(
            name
            for name in ("venv --clear", "pip install", "pip sync", "npm ci")
            if name.replace(" ", "") in words.replace(" ", "")
        )
        self.ran.append(name)
        if name == "venv --clear":
            (cwd / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
        if name == "npm ci":
            (cwd / "node_modules").mkdir(exist_ok=True)
        if name == self.fails_at:
            raise Problem("cut off", "again")

    def taken(self) -> list[str]:
        ran, self.ran = self.ran, []
        return ran


ALL = ["venv --clear", "pip install", "pip sync", "npm ci"]


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    commands = Commands()
    monkeypatch.setattr(installer, "run", commands.run)
    monkeypatch.setattr(installer, "_index", lambda _: [])
    return commands


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def test_the_second_time_nothing_is_done(checkout: Path, commands: Commands) -> None:
    installer.install(checkout, "run")
    assert commands.taken() == ALL
    installer.install(checkout, "run")
    assert commands.taken() == []


@pytest.mark.parametrize("moment", ALL[:3])
def test_what_was_cut_off_is_begun_again_from_nothing(
    checkout: Path, commands: Commands, moment: str
) -> None:
    commands.fails_at = moment
    with pytest.raises(Problem):
        installer.install(checkout, "run")
    commands.taken()
    commands.fails_at = ""
    installer.install(checkout, "run")
    assert commands.taken() == ALL


def test_packages_that_are_whole_are_kept_when_the_command_line_was_cut_off(
    checkout: Path, commands: Commands
) -> None:
    commands.fails_at = "npm ci"
    with pytest.raises(Problem):
        installer.install(checkout, "run")
    commands.taken()
    commands.fails_at = ""
    installer.install(checkout, "run")
    assert commands.taken() == ["npm ci"]


def test_other_pins_are_installed_over_what_is_there(checkout: Path, commands: Commands) -> None:
    installer.install(checkout, "run")
    commands.taken()
    (checkout / "requirements.txt").write_text("other", encoding="utf-8")
    installer.install(checkout, "run")
    assert commands.taken() == ["pip sync"]


def test_an_update_that_was_cut_off_is_begun_again_from_nothing(
    checkout: Path, commands: Commands
) -> None:
    installer.install(checkout, "run")
    (checkout / "requirements.txt").write_text("other", encoding="utf-8")
    commands.fails_at = "pip sync"
    with pytest.raises(Problem):
        installer.install(checkout, "run")
    commands.taken()
    commands.fails_at = ""
    installer.install(checkout, "run")
    assert commands.taken() == ALL[:3]


def test_the_smaller_set_never_takes_away_the_larger(checkout: Path, commands: Commands) -> None:
    installer.install(checkout, "dev")
    commands.taken()
    installer.install(checkout, "run")
    assert commands.taken() == []


@pytest.mark.parametrize("text", ["", "{", "[]", "7"])
def test_a_stamp_that_was_cut_off_is_no_stamp(
    checkout: Path, commands: Commands, text: str
) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "breakwater-installed.json").write_text(text, encoding="utf-8")
    installer.install(checkout, "run")
    assert commands.taken() == ALL


def test_a_problem_is_a_sentence_on_standard_error(
    checkout: Path,
    commands: Commands,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(installer, "CHECKOUT", checkout)
    commands.fails_at = "pip sync"
    assert installer.main(["run"]) == 1
    assert capsys.readouterr().err == "\nbreakwater: cut off\n  → again\n"
