"""One embedded AWS per session: started here on a free port, deployed to by the real CDK."""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakwater_local import deployment, emulator, recorded_calls
from breakwater_local.drs import process as drs
from breakwater_local.emulator import Emulator, can_listen
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from tests.integration.gated_machine import deploy_gated_machine
from tests.integration.holding import Hold

KEPT = "BREAKWATER_CALLS_KEPT"
"""Where sessions beside each other leave the calls that they recorded: `tests/run`."""
_WHOLE = pytest.StashKey[bool]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What looks back on the session comes last, and knows whether the session is whole."""
    items.sort(key=lambda item: item.get_closest_marker("comes_last") is not None)
    config.stash[_WHOLE] = kept_calls() is not None or set(
        Path(__file__).parent.rglob("test_*.py")
    ) <= {item.path for item in items}


def is_whole_session(config: pytest.Config) -> bool:
    """Is every file of integration tests part of this session, or of those before it?"""
    return config.stash[_WHOLE]


def free_port() -> int:
    """A port nobody listens on; not the usual one, so that your own `make up` is never met.

    Below those that the system gives to whoever connects to somewhere: one of them may be taken by
    such a connection before the emulator listens there.
    """
    return next(
        port for port in iter(lambda: random.randint(10_000, 30_000), 0) if can_listen(port)
    )


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """Where this session's embedded AWS keeps its state."""
    directory = Path(tempfile.mkdtemp(prefix="breakwater-"))
    yield Place(directory)
    shutil.rmtree(directory, ignore_errors=True)


def calls_recorded(place: Place) -> Path:
    """Where the embedded AWS writes down what roles call."""
    return place.state / "calls.jsonl"


def kept_calls() -> Path | None:
    """The folder in which sessions keep for the last one what roles called."""
    folder = os.environ.get(KEPT)
    return Path(folder) if folder else None


def _keep_calls(place: Place) -> None:
    recorded, folder = calls_recorded(place), kept_calls()
    if folder is not None and recorded.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(recorded, folder / f"{place.state.name}.jsonl")


@pytest.fixture(scope="session")
def aws(place: Place) -> Iterator[Emulator]:
    """The embedded AWS with everything deployed, IAM enforced, and what roles call recorded."""
    try:
        with exclusive(place.lock) as lock, pytest.MonkeyPatch.context() as patch:
            patch.setenv(recorded_calls.VARIABLE, str(calls_recorded(place)))
            running = emulator.start(place, lock, free_port())
            simulator = drs.start(
                place, lock, aws_endpoint=running.endpoint, speed=emulator.TIME_SCALE
            )
            deployment.deploy(place, running, simulator, lock)
        yield running
    finally:
        drs.stop(place)
        emulator.stop(place)
        _keep_calls(place)


@pytest.fixture(scope="session")
def gate_hold(aws: Emulator) -> Hold:
    """Lets executions of the gated machine go on to its gate, and to their end."""
    return Hold.made(aws)


@pytest.fixture(scope="session")
def gated_machine(aws: Emulator, gate_hold: Hold, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The ARN of a state machine with a pause gate, in a stack that is not ours."""
    return deploy_gated_machine(aws, tmp_path_factory.mktemp("gated"), gate_hold)


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
