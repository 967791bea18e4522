"""Brings everything up: the embedded AWS, the DRS simulator, what is deployed, sample people."""

from dataclasses import dataclass
from pathlib import Path

from breakwater import contract
from breakwater_local import deployment, emulator
from breakwater_local.drs import process as drs
from breakwater_local.drs.settings import Settings
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from breakwater_local.portal.build import build
from breakwater_local.portal.destination import on_embedded_aws
from breakwater_local.progress import Step
from breakwater_local.sample_people import invite_sample_people

NONE = Path("none")
"""As a file's name: none of them from now on."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """How it is to be; what is not said stays as it was before."""

    port: int | None = None
    script: Path | None = None
    servers: Path | None = None

    def settings(self, place: Place) -> Settings:
        """The simulator's, as they are to be."""
        files = {"script": self.script, "servers": self.servers}
        return drs.settings(place).but(
            script=None if self.script == NONE else self.script,
            servers=None if self.servers == NONE else self.servers,
            forget=[name for name, path in files.items() if path == NONE],
        )


def bring_up(place: Place, wanted: Surroundings) -> Emulator:
    """Bring it up, or find it up; quick and harmless when nothing is to be done."""
    settings = wanted.settings(place)
    # A mistake in a file is told before anything is started, let alone ended.
    settings.require_readable()
    with exclusive(place.lock) as lock:
        known = emulator.find(place)
        running = emulator.start(place, lock, wanted.port)
        if known is None:
            drs.stop(place)  # one that was left from before would talk to an AWS that is gone
        simulator = drs.start(
            *(place, lock),
            aws_endpoint=running.endpoint,
            speed=emulator.TIME_SCALE,
            script=_path(settings.script),
            servers=_path(settings.servers),
            forget=[name for name in ("script", "servers") if getattr(settings, name) is None],
        )
        deployment.deploy(place, running, simulator, lock)
        with Step("Inviting a person for each role"):
            invite_sample_people(running, api_outputs(running)[contract.USER_POOL_OUTPUT])
        _serve_portal(place, running, lock)
    return running


def _serve_portal(place: Place, running: Emulator, lock: int) -> None:
    """The page, as it is in the checkout now, at the address that people open."""
    on_embedded_aws(running).bring(build(place.portal_log, lock))


def api_outputs(running: Emulator) -> dict[str, str]:
    """What the api stack says of itself."""
    return deployment.stack_outputs(running, contract.stack_name(deployment.ENVIRONMENT, "api"))


def _path(written: str | None) -> Path | None:
    return Path(written) if written else None
