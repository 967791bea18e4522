"""One embedded AWS per session: started here on a free port, deployed to by the real CDK."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakwater_local import deployment, emulator
from breakwater_local.drs import process as drs
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place


def free_port() -> int:
    """A port nobody listens on; not the usual one, so that your own `make up` is never met."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """Where this session's embedded AWS keeps its state."""
    directory = Path(tempfile.mkdtemp(prefix="breakwater-"))
    yield Place(directory)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def aws(place: Place) -> Iterator[Emulator]:
    """The embedded AWS with everything deployed, IAM enforced."""
    try:
        with exclusive(place.lock) as lock:
            running = emulator.start(place, lock, free_port())
            simulator = drs.start(
                place, lock, aws_endpoint=running.endpoint, speed=emulator.TIME_SCALE
            )
            deployment.deploy(place, running, simulator, lock)
        yield running
    finally:
        drs.stop(place)
        emulator.stop(place)


@pytest.fixture
def surroundings(aws: Emulator, place: Place, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The environment variables that lead any client to the embedded AWS, as `make env` prints."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in aws.client_environment.items():
        monkeypatch.setenv(name, value)
    simulator = drs.find(place)
    if simulator:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DRS", simulator.endpoint)
    return aws
