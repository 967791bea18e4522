"""One at a time: installing, starting, deploying and stopping never run beside each other here."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breakwater_local.problem import Problem
from breakwater_local.progress import Step

PATIENCE_SECONDS = 600.0


@contextmanager
def exclusive(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[int]:
    """Hold the lock; yields its file descriptor, for programs that must hold it on if we die.

    The kernel lets go of it when the last holder ends, however it ends: it cannot go stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _taken(descriptor):
            _wait(descriptor, path, patience)
        _note_holder(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _note_holder(descriptor: int) -> None:
    """For whoever waits. A full disk must not keep `make down` from making room."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(descriptor: int, path: Path, patience: float) -> None:
    holder = os.pread(descriptor, 20, 0).decode(errors="replace") or "?"
    title = f"Another make, or what an ended one left running (process {holder}), is at work here"
    deadline = time.monotonic() + patience
    with Step(f"{title}: waiting for it") as step:
        while not _taken(descriptor):
            if time.monotonic() > deadline:
                raise Problem(
                    f"{title}, and it has not ended in {patience / 60:.0f} minutes.",
                    f"See what holds {path} (`fuser -v {path}`), end it, and try again.",
                )
            time.sleep(0.2)
        step.ends("it has ended")
