"""A process of ours that outlives the command that started it: started, found again, ended.

The process writes its own record, so there is no moment in which one runs and nobody knows its
number, whenever the starting command is killed. A record is believed only of the very process that
wrote it. What is found running is never ended but by `stop`.
"""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import psutil

from breakwater_local.place import problem_of
from breakwater_local.problem import Problem
from breakwater_local.progress import Step

START_SECONDS = 120.0  # one that ends meanwhile is noticed at once
STOP_SECONDS = 30.0
_LAST_LINES = 12


@dataclass(frozen=True)
class Running:
    """A process that runs, and where it listens."""

    pid: int
    started: float
    port: int

    health: ClassVar[str] = "/"
    """The path that answers 200 when it is up."""

    @property
    def endpoint(self) -> str:
        """Where its clients find it."""
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Is it up?"""
        # Never through a proxy: it is on this machine, whatever the surroundings say.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{self.endpoint}{self.health}", timeout=1.5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def process(self) -> psutil.Process | None:
        """The process, if it is still this one and not another that got its number."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (psutil.NoSuchProcess, ValueError, OverflowError):
            return None  # no such process, or a number that none can have


R = TypeVar("R", bound=Running)


def write_record(
    record: Path, port: int, lock: int, remembered: Mapping[str, Any] | None = None
) -> None:
    """Called by the process itself, before it does anything else; lets go of the lock.

    :param remembered: what else whoever finds it must know of it.
    """
    me = psutil.Process()
    written = record.with_suffix(f".{me.pid}")
    known = {**(remembered or {}), "pid": me.pid, "started": me.create_time(), "port": port}
    written.write_text(json.dumps(known), encoding="utf-8")
    written.replace(record)
    os.close(lock)


@dataclass(frozen=True)
class Background(Generic[R]):
    """One kind of such a process, in one place."""

    name: str
    """As messages call it: the embedded AWS."""

    kind: type[R]
    record: Path
    log: Path

    def find(self) -> R | None:
        """The one that was started here, if it still runs."""
        try:
            found = json.loads(self.record.read_text(encoding="utf-8"))
            running = self.kind(int(found["pid"]), float(found["started"]), int(found["port"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError, OverflowError):
            return None
        return running if running.process() else None

    def remembered(self) -> dict[str, Any]:
        """What the last one wrote down of itself, alive or killed; nothing once it was ended."""
        try:
            known = json.loads(self.record.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def joined(self, running: R, port: int | None) -> R:
        """The one that already runs, once it answers."""
        if port not in (None, running.port):
            raise Problem(
                f"{self._name} already runs on port {running.port}, not {port}.",
                "Use it there, or end it first: make down.",
            )
        if running.answers():
            return running
        with Step(f"Waiting for {self.name} that already runs"):
            if self._comes_up(running):
                return running
        raise Problem(
            f"{self._name} (process {running.pid}) runs, but does not answer on "
            f"{running.endpoint}.",
            "Start afresh: make down, then make up. (What it holds is lost.)",
        )

    def launch(self, command: Sequence[str], environment: Mapping[str, str], lock: int) -> R:
        """Start it and wait until it answers.

        :param lock: the descriptor of the held lock; the process holds it too until its record is
            written, so that nobody looks for the record too early.
        """
        try:
            self.record.unlink(missing_ok=True)
            with self.log.open("w", encoding="utf-8") as log:
                process = subprocess.Popen(
                    command,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=(lock,),
                    start_new_session=True,  # it outlives this command and its terminal
                )
        except OSError as error:
            raise problem_of(error, self.record.parent) from error
        with Step(f"Starting {self.name}") as step:
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline and process.poll() is None:
                running = self.find()
                if running and running.answers():
                    step.ends(f"{running.endpoint}, process {running.pid}")
                    return running
                time.sleep(0.05)
            raise self._failure(process)

    def stop(self) -> R | None:
        """End it, workers included, and nothing else, and forget it. Returns what was ended."""
        running = self.end_process()
        self.record.unlink(missing_ok=True)
        return running

    def end_process(self) -> R | None:
        """End it; its record stays, for the one that takes its place."""
        running = self.find()
        process = running.process() if running else None
        if process:
            family = [*process.children(recursive=True), process]
            process.terminate()
            _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
            for survivor in alive:
                survivor.kill()
            psutil.wait_procs(alive, timeout=STOP_SECONDS)
        return running

    @property
    def _name(self) -> str:
        return self.name[0].upper() + self.name[1:]

    def _comes_up(self, running: R) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while not running.answers():
            if time.monotonic() > deadline or not running.process():
                return False
            time.sleep(0.1)
        return True

    def _failure(self, process: "subprocess.Popen[bytes]") -> Problem:
        ended = process.poll()
        if ended is None:
            process.terminate()
            process.wait(STOP_SECONDS)
        said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        last = "\n".join(f"    {line}" for line in said)
        return Problem(
            f"{self._name} did not start: "
            + (f"it ended with status {ended}" if ended is not None else "it did not answer")
            + f". Its last lines:\n{last}",
            f"See {self.log}. If a port was taken a moment ago, run the command again.",
        )
