"""The simulator as a process of its own: starts it, finds it again, ends it.

    with exclusive(place.lock) as lock:
        simulator = process.start(place, lock, aws_endpoint=emulator.endpoint)
    ...
    process.stop(place)

Clients find it by AWS_ENDPOINT_URL_DRS=<simulator.endpoint>.
"""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from breakwater_local.background import Background, Running
from breakwater_local.drs.settings import Settings
from breakwater_local.emulator import can_listen, without_aws_settings
from breakwater_local.place import Place
from breakwater_local.progress import Step

LEAVING_SECONDS = 30.0
"""So long one that is to be replaced may take to end its instances."""


@dataclass(frozen=True)
class Simulator(Running):
    """A running DRS simulator."""

    health = "/_simulator/health"

    def state(self) -> dict[str, Any]:
        """What it says of itself; OSError if it does not answer."""
        with self._open(self.health) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def calls(self) -> list[dict[str, Any]]:
        """Every call so far, oldest first."""
        with self._open("/_simulator/calls") as answer:
            told: list[dict[str, Any]] = json.load(answer)["items"]
            return told

    def reset(self) -> None:
        """Back to the beginning: what it launched is ended, as far as the embedded AWS answers."""
        with self._open("/_simulator/reset", method="POST"):
            pass
        patience = time.monotonic() + LEAVING_SECONDS
        while self.state()["waitingToLeave"] and time.monotonic() < patience:
            time.sleep(0.05)

    def _open(self, path: str, method: str = "GET") -> Any:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(f"{self.endpoint}{path}", method=method)
        return direct.open(request, timeout=30)


def find(place: Place) -> Simulator | None:
    """The one that was started here, if it still runs."""
    return _background(place).find()


def settings(place: Place) -> Settings:
    """What the last one was started with, unless it was ended."""
    return Settings.remembered(_background(place).remembered().get("settings"))


def start(
    place: Place,
    lock: int,
    *,
    port: int = 0,
    speed: float | None = None,
    aws_endpoint: str | None = None,
    script: Path | None = None,
    servers: Path | None = None,
    forget: Collection[str] = (),
) -> Simulator:
    """Start it, or return the one that already runs, if that is what is wanted.

    What is not said stays as it is with the one that runs. One that has other settings, other
    files, or an older source is replaced, on the same port; what it launched is ended.

    :param lock: the descriptor of the held lock.
    :param port: 0 takes a free one.
    :param speed: default: 60.
    :param forget: `script`, `servers`: none from now on.
    """
    wanted = settings(place).but(
        speed=speed, aws_endpoint=aws_endpoint, script=script, servers=servers, forget=forget
    )
    background = _background(place)
    running = background.find()
    wanted.require_readable()
    fingerprint = wanted.fingerprint()
    if running:
        if background.remembered().get("fingerprint") == fingerprint:
            return background.joined(running, None)
        _end(background, running)
    port = port or _port_of_before(background)
    place.state.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "breakwater_local.drs", f"--port={port}"),
        *wanted.arguments(),
        *(f"--record={background.record}", f"--lock={lock}"),
        f"--remembered={json.dumps({'settings': asdict(wanted), 'fingerprint': fingerprint})}",
    ]
    source_root = Path(__file__).resolve().parents[2]
    environment = {**without_aws_settings(os.environ), "PYTHONPATH": str(source_root)}
    return background.launch(command, environment, lock)


def stop(place: Place) -> Simulator | None:
    """End what was started here, and nothing else. Returns what was ended."""
    return _background(place).stop()


def _port_of_before(background: Background[Simulator]) -> int:
    """Where clients look for it: the port of the last one, if that is still free; else any."""
    known = background.remembered().get("port")
    return known if isinstance(known, int) and can_listen(known) else 0


def _end(background: Background[Simulator], running: Simulator) -> None:
    with Step("Ending the DRS simulator: its settings, files or source are not the same"):
        try:
            running.reset()
        except (OSError, ValueError, KeyError) as error:  # an old one, or one that hangs
            print(f"  What it launched may be left behind: {error}", file=sys.stderr)
        background.end_process()


def _background(place: Place) -> Background[Simulator]:
    return Background("the DRS simulator", Simulator, place.simulator_record, place.simulator_log)
