"""The simulator as a process of its own: starts it, finds it again, ends it.

    with exclusive(place.lock) as lock:
        simulator = process.start(place, lock, aws_endpoint=emulator.endpoint)
    ...
    process.stop(place)

Clients find it by AWS_ENDPOINT_URL_DRS=<simulator.endpoint>.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

from breakwater_local.emulator import without_aws_settings
from breakwater_local.place import Place, is_no_space, no_space
from breakwater_local.problem import Problem
from breakwater_local.progress import Step

START_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Simulator:
    """A running DRS simulator."""

    pid: int
    started: float
    port: int

    @property
    def endpoint(self) -> str:
        """Where DRS clients find it."""
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Is it up?"""
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_simulator/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def record(place: Place) -> Path:
    """Where the simulator writes down which process it is, and its port."""
    return place.state / "drs-simulator.json"


def log(place: Place) -> Path:
    """What the simulator says."""
    return place.state / "drs-simulator.log"


def write_record(path: Path, port: int, lock: int | None) -> None:
    """Called by the simulator itself, so there is no moment in which one runs and nobody knows."""
    me = psutil.Process()
    written = path.with_suffix(f".{me.pid}")
    content = {"pid": me.pid, "started": me.create_time(), "port": port}
    written.write_text(json.dumps(content), encoding="utf-8")
    written.replace(path)
    if lock is not None:
        os.close(lock)


def find(place: Place) -> Simulator | None:
    """The one that was started here, if it still runs; a number that was given anew is not it."""
    try:
        found = json.loads(record(place).read_text(encoding="utf-8"))
        simulator = Simulator(int(found["pid"]), float(found["started"]), int(found["port"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return simulator if _process(simulator) else None


def start(
    place: Place,
    lock: int,
    *,
    port: int = 0,
    speed: float = 60.0,
    aws_endpoint: str | None = None,
    script: Path | None = None,
    servers: Path | None = None,
) -> Simulator:
    """Start it, or return the one that already runs.

    :param lock: the descriptor of the held lock; the new process holds it until it is on record.
    :param port: 0 takes a free one.
    """
    running = find(place)
    if running and running.answers():
        return running
    if running:
        stop(place)
    options = {"aws-endpoint": aws_endpoint, "script": script, "servers": servers}
    arguments = [f"--{name}={value}" for name, value in options.items() if value is not None]
    with Step("Starting the DRS simulator") as step:
        simulator = _launch(place, lock, [f"--port={port}", f"--speed={speed:g}", *arguments])
        step.ends(f"{simulator.endpoint}, process {simulator.pid}")
    return simulator


def stop(place: Place) -> Simulator | None:
    """End what was started here, and nothing else. Returns what was ended."""
    simulator = find(place)
    process = _process(simulator) if simulator else None
    if process:
        process.terminate()
        _, alive = psutil.wait_procs([process], timeout=STOP_SECONDS)
        for survivor in alive:
            survivor.kill()
        psutil.wait_procs(alive, timeout=STOP_SECONDS)
    record(place).unlink(missing_ok=True)
    return simulator


def _launch(place: Place, lock: int, arguments: list[str]) -> Simulator:
    source_root = Path(__file__).resolve().parents[2]
    try:
        place.state.mkdir(parents=True, exist_ok=True)
        record(place).unlink(missing_ok=True)
        with log(place).open("w", encoding="utf-8") as said:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "breakwater_local.drs", *arguments),
                    *(f"--record={record(place)}", f"--lock={lock}"),
                ],
                env={**without_aws_settings(os.environ), "PYTHONPATH": str(source_root)},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=(lock,),
                start_new_session=True,  # it outlives this command and its terminal
            )
    except OSError as error:
        if is_no_space(error):
            raise no_space(place.state, "the DRS simulator could not be started") from error
        raise
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        simulator = find(place)
        if simulator and simulator.answers():
            return simulator
        time.sleep(0.05)
    ended = process.poll()
    if ended is None:
        process.terminate()
    said_last = "\n".join(log(place).read_text(encoding="utf-8").splitlines()[-12:])
    raise Problem(
        "The DRS simulator did not start: "
        + (f"it ended with status {ended}" if ended is not None else "it did not answer")
        + f". It said:\n{said_last}",
        f"Mend what it says, or see {log(place)}.",
    )


def _process(simulator: Simulator) -> psutil.Process | None:
    try:
        process = psutil.Process(simulator.pid)
        same = abs(process.create_time() - simulator.started) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None
