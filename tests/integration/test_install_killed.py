"""An installation that is killed, and begun again: the real thing, in a copy of the checkout."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tests.integration.waiting import until

NEEDED = (
    *("requirements.txt", "requirements-dev.txt", "package.json", "package-lock.json", ".npmrc"),
    "local",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in NEEDED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def install(copy: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "breakwater_local.install", "run"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "local")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_what_a_killed_installation_left_running_is_waited_for(copy: Path) -> None:
    """The programs that it started go on: nothing may be thrown away beneath their feet."""
    first = install(copy)
    until((copy / ".venv" / "lib").exists, every=0.005)
    first.send_signal(signal.SIGKILL)
    first.wait()
    with install(copy) as second:
        said = second.communicate()[0]
    assert second.returncode == 0, said
    assert "is at work here" in said
    python = copy / ".venv" / "bin" / "python"
    subprocess.run([python, "-c", "import aws_cdk, ministack, psutil"], check=True)
    subprocess.run(
        [
            copy / ".venv" / "bin" / "node",
            copy / "node_modules" / "aws-cdk" / "bin" / "cdk",
            "--version",
        ],
        check=True,
        capture_output=True,
    )


def test_an_interrupt_is_a_sentence_and_no_traceback(copy: Path) -> None:
    with install(copy) as it:
        until((copy / ".venv" / "bin").exists, every=0.005)
        it.send_signal(signal.SIGINT)
        said = it.communicate()[0]
    assert it.returncode == 1
    assert "interrupted; run it again" in said
    assert "Traceback" not in said


def test_an_environment_of_somebody_else_is_not_thrown_away(copy: Path) -> None:
    (copy / ".venv").mkdir()
    (copy / ".venv" / "mine.txt").write_text("precious", encoding="utf-8")
    with install(copy) as it:
        said = it.communicate()[0]
    assert it.returncode == 1
    assert "was not made by this installation" in said
    assert (copy / ".venv" / "mine.txt").read_text(encoding="utf-8") == "precious"


def test_a_place_that_cannot_be_used_is_named(copy: Path) -> None:
    (copy / ".breakwater").write_text("in the way", encoding="utf-8")
    with install(copy) as it:
        said = it.communicate()[0]
    assert it.returncode == 1
    assert "Traceback" not in said
    assert "belongs to you" in said
