"""The embedded AWS: starts it, finds it again, ends it. One process, on loopback, IAM enforced."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil

from breakwater_local.place import Place, is_no_space, no_space, require_space
from breakwater_local.problem import Problem
from breakwater_local.progress import Step

ACCOUNT = "111122223333"
REGION = "eu-west-1"
PREFERRED_PORT = 4566
TIME_SCALE = 60
CONCURRENT_FUNCTIONS = 10  # each is a process of about 46 MB
START_SECONDS = 30.0
STOP_SECONDS = 10.0
SPACE_MIB = 200


@dataclass(frozen=True)
class Emulator:
    """A running embedded AWS."""

    pid: int
    started: float
    port: int

    @property
    def endpoint(self) -> str:
        """Where every AWS client finds it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def client_environment(self) -> dict[str, str]:
        """What makes any AWS client, the CLI and CDK included, talk to it and to nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "CDK_DISABLE_TELEMETRY": "1",
        }

    def client(self, service: str, region: str = REGION) -> Any:
        """A boto3 client that talks to this emulator, whatever the surroundings say."""
        return boto3.client(  # type: ignore[call-overload]  # the name is not a literal
            service,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            region_name=region,
        )

    def answers(self) -> bool:
        """Is it up?"""
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def without_aws_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment less everything that could point a client at a real account."""
    return {name: value for name, value in environment.items() if not name.startswith("AWS_")}


def find(place: Place) -> Emulator | None:
    """The emulator that was started here, if it still runs. A stale record is not believed: the
    process must be the very one that wrote it, not one that got its number later.
    """
    try:
        record = json.loads(place.emulator_record.read_text(encoding="utf-8"))
        emulator = Emulator(int(record["pid"]), float(record["started"]), int(record["port"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return emulator if _process(emulator) else None


def start(place: Place, lock: int, port: int | None = None) -> Emulator:
    """Start it, or return the one that already runs.

    :param lock: the descriptor of the held lock; the new process holds it too until its record is
        written, so that nobody looks for the record too early.
    :param port: exactly this port; default: 4566, or a free one if that is taken.
    """
    running = find(place)
    if running and port in (None, running.port) and _wait_until_up(running, START_SECONDS):
        return running
    if running and port not in (None, running.port):
        raise Problem(
            f"The embedded AWS already runs on port {running.port}, not {port}.",
            "Use it there, or end it first: make down.",
        )
    if running:
        stop(place)
    require_space(place.state, SPACE_MIB)
    chosen = _free_port(port)
    with Step("Starting the embedded AWS") as step:
        emulator = _launch(place, chosen, lock)
        step.ends(f"{emulator.endpoint}, process {emulator.pid}")
    return emulator


def stop(place: Place) -> Emulator | None:
    """End what was started here, workers included, and nothing else. Returns what was ended."""
    emulator = find(place)
    process = _process(emulator) if emulator else None
    if process:
        family = [*process.children(recursive=True), process]
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for survivor in alive:
            survivor.kill()
        psutil.wait_procs(alive, timeout=STOP_SECONDS)
    place.emulator_record.unlink(missing_ok=True)
    shutil.rmtree(place.scratch, ignore_errors=True)
    return emulator


def _launch(place: Place, port: int, lock: int) -> Emulator:
    try:
        shutil.rmtree(place.scratch, ignore_errors=True)
        place.scratch.mkdir(parents=True)
        place.emulator_record.unlink(missing_ok=True)
        with place.emulator_log.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "breakwater_local.emulator_process"),
                    *(str(place.emulator_record), str(port), str(lock)),
                ],
                env=_server_environment(place, port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lock,),
                start_new_session=True,  # it outlives this command and its terminal
            )
    except OSError as error:
        if is_no_space(error):
            raise no_space(place.state, "the embedded AWS could not be started") from error
        raise
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        emulator = find(place)
        if emulator and emulator.answers():
            return emulator
        time.sleep(0.05)
    ended = process.poll()
    if ended is None:
        stop(place)
    raise Problem(
        "The embedded AWS did not start: "
        + (f"it ended with status {ended}" if ended is not None else "it did not answer")
        + f". Its last lines:\n{_tail(place)}",
        f"See {place.emulator_log}. If the port was taken a moment ago, run the command again.",
    )


def _server_environment(place: Place, port: int) -> dict[str, str]:
    source_root = Path(__file__).resolve().parents[1]
    return {
        **without_aws_settings(os.environ),
        "PYTHONPATH": str(source_root),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "SFN_WAIT_SCALE": f"{1 / TIME_SCALE:.6f}",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(CONCURRENT_FUNCTIONS),
        "IOT_MTLS_ENABLED": "0",  # two emulators would fight for its fixed port
        "TMPDIR": str(place.scratch),
    }


def _free_port(wanted: int | None) -> int:
    if wanted is not None:
        if not _can_listen(wanted):
            raise Problem(
                f"Port {wanted} is in use{_user_of(wanted)}.",
                "Choose another (make up PORT=...), or leave PORT out and a free one is taken.",
            )
        return wanted
    if _can_listen(PREFERRED_PORT):
        return PREFERRED_PORT
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    print(f"  Port {PREFERRED_PORT} is in use{_user_of(PREFERRED_PORT)}; taking {port} instead.")
    return port


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _user_of(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        return ""  # only an administrator may see whose it is
    return ""


def _process(emulator: Emulator) -> psutil.Process | None:
    try:
        process = psutil.Process(emulator.pid)
        same = abs(process.create_time() - emulator.started) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _wait_until_up(emulator: Emulator, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not emulator.answers():
        if time.monotonic() > deadline or not _process(emulator):
            return False
        time.sleep(0.1)
    return True


def _tail(place: Place) -> str:
    lines = place.emulator_log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-8:])
