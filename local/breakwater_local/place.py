"""Where things are: the checkout, its virtual environment, and what a run leaves behind."""

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from breakwater_local.problem import Problem

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """The files of one embedded AWS. Tests have their own, so they never meet yours."""

    state: Path = CHECKOUT / ".breakwater"
    """What `make up` leaves behind: records, logs, the emulator's own files."""

    @property
    def emulator_record(self) -> Path:
        """Which process was started, and on which port."""
        return self.state / "emulator.json"

    @property
    def simulator_record(self) -> Path:
        """Which DRS simulator was started, and on which port."""
        return self.state / "drs-simulator.json"

    @property
    def simulator_log(self) -> Path:
        """What the DRS simulator says."""
        return self.state / "drs-simulator.log"

    @property
    def deployment_record(self) -> Path:
        """What was last deployed, and to which emulator."""
        return self.state / "deployment.json"

    @property
    def lock(self) -> Path:
        """Held while something starts, deploys or stops."""
        return self.state / "lock"

    @property
    def emulator_log(self) -> Path:
        """What the embedded AWS says."""
        return self.state / "emulator.log"

    @property
    def deployment_log(self) -> Path:
        """What the CDK command line says."""
        return self.state / "deployment.log"

    @property
    def portal_log(self) -> Path:
        """What building the portal says."""
        return self.state / "portal.log"

    @property
    def scratch(self) -> Path:
        """Where the emulator unpacks functions and layers; gone after `make down`."""
        return self.state / "tmp"

    @property
    def assembly(self) -> Path:
        """Where the templates are synthesized to."""
        return self.state / "cdk.out"


def require_space(
    directory: Path, mebibytes: int, free_bytes: Callable[[Path], int] | None = None
) -> None:
    """Refuse to begin what the disk has no room for."""
    while not directory.exists():
        directory = directory.parent
    free = free_bytes(directory) if free_bytes else shutil.disk_usage(directory).free
    if free < mebibytes * 1024 * 1024:
        raise no_space(directory, needed=f"{mebibytes} MiB, {free // (1024 * 1024)} MiB are free")


def no_space(directory: Path, needed: str) -> Problem:
    """The disk is full, or will be."""
    return Problem(
        f"There is no space left in {directory}: {needed}.",
        "Free some space and run the same command again; it goes on where it stopped.",
    )


def problem_of(error: OSError, directory: Path) -> Problem:
    """What the system refused, as something that a person can solve."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return no_space(directory, needed=str(error))
    return Problem(
        f"The system refused: {error}.",
        f"Is {directory} a folder that belongs to you? Move away what is in its place, and run the "
        "same command again.",
    )
