"""The embedded AWS: one process on loopback, with IAM enforced."""

import os
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil

from breakwater_local.background import Background, Running
from breakwater_local.place import Place, problem_of, require_space
from breakwater_local.problem import Problem

ACCOUNT = "111122223333"
REGION = "eu-west-1"
PREFERRED_PORT = 4566
TIME_SCALE = 60
CONCURRENT_FUNCTIONS = 20  # each is a process of about 46 MB
SPACE_MIB = 200
_HERE_ONLY = {"NO_PROXY": "127.0.0.1,localhost,.localhost"}
_HERE_ONLY["no_proxy"] = _HERE_ONLY["NO_PROXY"]


@dataclass(frozen=True)
class Emulator(Running):
    """A running embedded AWS."""

    health = "/_ministack/health"

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
            **_HERE_ONLY,
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


def without_aws_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment less everything that could lead a client to a real account, by a variable,
    a file, or a proxy.
    """
    kept = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **nowhere, **_HERE_ONLY}


def find(place: Place) -> Emulator | None:
    """The emulator that was started here, if it still runs."""
    return _background(place).find()


def start(
    place: Place, lock: int, port: int | None = None, time_scale: int = TIME_SCALE
) -> Emulator:
    """Start it, or return the one that already runs.

    :param lock: the descriptor of the held lock.
    :param port: exactly this port; default: 4566, or a free one if that is taken.
    :param time_scale: how many times faster the waits of state machines pass.
    """
    background = _background(place)
    running = background.find()
    if running:
        return background.joined(running, port)
    require_space(place.state, SPACE_MIB)
    chosen = _free_port(port)
    try:
        shutil.rmtree(place.scratch, ignore_errors=True)
        place.scratch.mkdir(parents=True)
    except OSError as error:
        raise problem_of(error, place.state) from error
    command = [
        *(sys.executable, "-m", "breakwater_local.emulator_process"),
        *(str(place.emulator_record), str(chosen), str(lock)),
    ]
    return background.launch(command, _server_environment(place, chosen, time_scale), lock)


def stop(place: Place) -> Emulator | None:
    """End what was started here, workers included, and nothing else. Returns what was ended."""
    ended = _background(place).stop()
    shutil.rmtree(place.scratch, ignore_errors=True)
    return ended


def _background(place: Place) -> Background[Emulator]:
    return Background("the embedded AWS", Emulator, place.emulator_record, place.emulator_log)


def _server_environment(place: Place, port: int, time_scale: int) -> dict[str, str]:
    return {
        **without_aws_settings(os.environ),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "SFN_WAIT_SCALE": f"{1 / time_scale:.6f}",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(CONCURRENT_FUNCTIONS),
        "IOT_MTLS_ENABLED": "0",  # two emulators would fight for its fixed port
        "TMPDIR": str(place.scratch),
    }


def _free_port(wanted: int | None) -> int:
    if wanted is not None:
        if not can_listen(wanted):
            raise Problem(
                f"Port {wanted} is in use{_user_of(wanted)}.",
                "Choose another (make up PORT=...), or leave PORT out and a free one is taken.",
            )
        return wanted
    if can_listen(PREFERRED_PORT):
        return PREFERRED_PORT
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    print(f"  Port {PREFERRED_PORT} is in use{_user_of(PREFERRED_PORT)}; taking {port} instead.")
    return port


def can_listen(port: int) -> bool:
    """Is this port free on loopback?"""
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
