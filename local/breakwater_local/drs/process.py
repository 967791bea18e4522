"""The simulator as a process of its own: starts it, finds it again, ends it.

    with exclusive(place.lock) as lock:
        simulator = process.start(place, lock, aws_endpoint=emulator.endpoint)
    ...
    process.stop(place)

Clients find it by AWS_ENDPOINT_URL_DRS=<simulator.endpoint>.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from breakwater_local.background import Background, Running
from breakwater_local.emulator import without_aws_settings
from breakwater_local.place import Place


@dataclass(frozen=True)
class Simulator(Running):
    """A running DRS simulator."""

    health = "/_simulator/health"


def find(place: Place) -> Simulator | None:
    """The one that was started here, if it still runs."""
    return _background(place).find()


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

    :param lock: the descriptor of the held lock.
    :param port: 0 takes a free one.
    """
    background = _background(place)
    running = background.find()
    if running:
        return background.joined(running, None)
    place.state.mkdir(parents=True, exist_ok=True)
    options = {"aws-endpoint": aws_endpoint, "script": script, "servers": servers}
    command = [
        *(sys.executable, "-m", "breakwater_local.drs", f"--port={port}", f"--speed={speed:g}"),
        *(f"--{name}={value}" for name, value in options.items() if value is not None),
        *(f"--record={background.record}", f"--lock={lock}"),
    ]
    source_root = Path(__file__).resolve().parents[2]
    environment = {**without_aws_settings(os.environ), "PYTHONPATH": str(source_root)}
    return background.launch(command, environment, lock)


def stop(place: Place) -> Simulator | None:
    """End what was started here, and nothing else. Returns what was ended."""
    return _background(place).stop()


def _background(place: Place) -> Background[Simulator]:
    return Background("the DRS simulator", Simulator, place.simulator_record, place.simulator_log)
