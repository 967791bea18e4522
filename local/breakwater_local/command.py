"""Runs a program while a step shows what it says; keeps all it said for when it fails."""

import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from breakwater_local.place import no_space, problem_of
from breakwater_local.problem import Problem
from breakwater_local.progress import Step

_LAST_LINES = 15


def run(
    command: Sequence[str],
    *,
    step: Step,
    cwd: Path,
    environment: Mapping[str, str],
    log: Path,
    remedy: str,
    keep_open: Sequence[int] = (),
) -> None:
    """Run to the end; a failure becomes a Problem with the last lines and this remedy.

    :param keep_open: file descriptors the program inherits. A lock among them stays held for as
        long as the program lives, even if we are killed.
    """
    last: deque[str] = deque(maxlen=_LAST_LINES)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as record:
            record.write(f"\n$ {' '.join(command)}\n")
            record.flush()
            with subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                pass_fds=tuple(keep_open),
            ) as process:
                assert process.stdout is not None
                for line in process.stdout:
                    record.write(line)
                    if line.strip():
                        last.append(line.rstrip())
                        step.says(line)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.filename == command[0]:
            raise Problem(f"{command[0]} could not be started: {error}", remedy) from error
        raise problem_of(error, log.parent) from error
    if process.returncode != 0:
        said = "\n".join(f"    {line}" for line in last)
        if "ENOSPC" in said or "No space left on device" in said:
            raise no_space(cwd, f"{Path(command[0]).name} could not finish")
        raise Problem(
            f"{Path(command[0]).name} ended with status {process.returncode}:\n{said}\n"
            f"    (all of it: {log})",
            remedy,
        )
