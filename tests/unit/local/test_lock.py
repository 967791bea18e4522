"""One at a time, and never stale."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from breakwater_local.lock import exclusive
from breakwater_local.problem import Problem

HOLDER = """
import sys, time
from pathlib import Path
from breakwater_local.lock import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def holder_of(lock: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "local"},
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_one_waits_until_the_first_has_ended(tmp_path: Path) -> None:
    order = []
    inside = threading.Event()

    def first() -> None:
        with exclusive(tmp_path / "lock"):
            inside.set()
            order.append("first begins")
            order.append("first ends")

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(60)
    with exclusive(tmp_path / "lock"):
        order.append("second")
    thread.join()
    assert order[-1] == "second"


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    holder = holder_of(tmp_path / "lock")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with exclusive(tmp_path / "lock", patience=60):
        pass


def test_who_waits_too_long_is_told_who_holds_it_and_what_to_do(tmp_path: Path) -> None:
    holder = holder_of(tmp_path / "lock")
    try:
        with (
            pytest.raises(Problem, match=f"process {holder.pid}") as told,
            exclusive(tmp_path / "lock", patience=0.1),
        ):
            pass
        assert "end it" in told.value.remedy
    finally:
        holder.kill()
        holder.wait()


def test_a_program_that_inherits_it_holds_it_on(tmp_path: Path) -> None:
    """A deployment that outlives a killed `make up` must not be run over by the next one."""
    with exclusive(tmp_path / "lock") as lock:
        heir = subprocess.Popen(["sleep", "600"], pass_fds=(lock,))
    try:
        with pytest.raises(Problem), exclusive(tmp_path / "lock", patience=0.1):
            pass
    finally:
        heir.kill()
        heir.wait()
    with exclusive(tmp_path / "lock", patience=60):
        pass
