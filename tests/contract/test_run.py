"""`tests/run`: what runs beside the rest is told, fails the whole by name, and is never left."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Starts `tests/run fast` with programs that only say their name; or do what the test says."""
    for name in ("ruff", "lint-imports", "mypy", "python"):
        program = tmp_path / name
        program.write_text(
            f'#!/bin/sh\nwhat="{name} $*"\necho "$what"\n. {tmp_path}/told\n', encoding="utf-8"
        )
        program.chmod(0o755)

    def begin(told: str) -> subprocess.Popen[str]:
        (tmp_path / "told").write_text(told, encoding="utf-8")
        return subprocess.Popen(
            [CHECKOUT / "tests" / "run", "fast"],
            env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a group, to which a terminal sends its Ctrl-C
        )

    return begin


def failing(*whats: str) -> str:
    return "".join(f'case "$what" in *"{what}"*) exit 1;; esac\n' for what in whats)


def test_everything_is_told_and_nothing_failed(start: Start) -> None:
    run = start(":")
    told, wrong = run.communicate(timeout=300)
    assert (run.returncode, wrong) == (0, "")
    for what in ("ruff check", "lint-imports", "mypy", "python -m breakwater_local.portal"):
        assert f"\n{what}" in told, what
    for folder in ("tests/unit", "tests/infrastructure tests/contract"):
        assert folder in told, folder


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("ruff format", "Form (ruff format)"),
        ("mypy", "Types (mypy)"),
        ("portal --check", "Portal: types (tsc), tests (vitest)"),
        ("tests/unit", "Tests: unit"),
        ("tests/contract", "Tests: infrastructure, contract"),
    ],
)
def test_one_that_fails_fails_the_whole_and_is_named(start: Start, what: str, title: str) -> None:
    run = start(failing(what))
    _, wrong = run.communicate(timeout=300)
    assert run.returncode == 1
    assert "✗ Failed:" in wrong
    assert title in wrong


def test_all_that_failed_beside_each_other_are_named(start: Start) -> None:
    run = start(failing("mypy", "portal --check"))
    _, wrong = run.communicate(timeout=300)
    assert "Types (mypy)" in wrong
    assert "Portal:" in wrong


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_what_runs_beside(start: Start, tmp_path: Path, sent: int) -> None:
    mark = tmp_path / "beside"
    run = start(
        # As pytest does, which ends of itself.
        'case "$what" in\n'
        f"*tests/unit*) trap 'exit 2' INT TERM; until [ -s {mark} ]; do sleep 0.01; done; "
        "echo waits >&2; while :; do sleep 0.1; done;;\n"
        f"mypy*) echo $$ > {mark}; exec sleep 600;;\n"
        "esac\n"
    )
    assert run.stderr is not None
    try:
        assert run.stderr.readline() == "waits\n"
        beside = int(mark.read_text(encoding="utf-8"))
    finally:
        os.killpg(run.pid, sent)
        run.communicate(timeout=300)
    assert run.returncode != 0
    with pytest.raises(ProcessLookupError):
        os.kill(beside, 0)
