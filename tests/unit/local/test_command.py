"""A program that fails says how, and what to do."""

import os
import sys
from pathlib import Path

import pytest

from breakwater_local.command import run
from breakwater_local.problem import Problem
from breakwater_local.progress import Step


def running(tmp_path: Path, *command: str) -> None:
    with Step("Trying", (tmp_path / "shown").open("w", encoding="utf-8")) as step:
        run(
            command,
            step=step,
            cwd=tmp_path,
            environment=os.environ,
            log=tmp_path / "logs" / "log",
            remedy="Mend it.",
        )


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_all_it_says_is_kept(tmp_path: Path) -> None:
    running(tmp_path, *python("print('one'); import sys; print('two', file=sys.stderr)"))
    log = (tmp_path / "logs" / "log").read_text(encoding="utf-8")
    assert "one\n" in log
    assert "two\n" in log


def test_a_failure_shows_the_last_lines_the_status_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="ended with status 3") as told:
        running(tmp_path, *python("print('the cause'); raise SystemExit(3)"))
    assert "the cause" in told.value.what
    assert told.value.remedy == "Mend it."


def test_a_program_that_is_not_there_is_a_problem_too(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="could not be started"):
        running(tmp_path, str(tmp_path / "missing"))


@pytest.mark.parametrize("said", ["ENOSPC: write", "OSError: No space left on device"])
def test_a_full_disk_is_recognised_in_what_a_program_says(tmp_path: Path, said: str) -> None:
    with pytest.raises(Problem, match="no space left"):
        running(tmp_path, *python(f"print({said!r}); raise SystemExit(1)"))


def test_output_that_is_no_text_breaks_nothing(tmp_path: Path) -> None:
    running(tmp_path, *python("import sys; sys.stdout.buffer.write(b'\\xff\\xfe\\n')"))
