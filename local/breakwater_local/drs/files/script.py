"""The script: which of the things that are known to go wrong with DRS go wrong, where and when."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field

from breakwater_local.drs.files import call_faults, server_faults
from breakwater_local.drs.files.document import Document, Place, Written

AnyFault = Annotated[
    call_faults.Throttled
    | call_faults.InternalError
    | call_faults.AccessDenied
    | call_faults.Conflict
    | call_faults.QuotaExceeded
    | call_faults.UninitializedAccount
    | call_faults.ExpiredSession
    | call_faults.LostResponse
    | call_faults.EmptyParticipants
    | call_faults.SmallPages
    | call_faults.DefaultEbsKey
    | server_faults.LaunchFails
    | server_faults.ServerSkipped
    | server_faults.LeftUnfinished
    | server_faults.TerminatedDuringJob
    | server_faults.InstanceGone
    | server_faults.SlowPhase
    | server_faults.PreviousSnapshot
    | server_faults.ActionFails
    | server_faults.EventsLost
    | server_faults.EventsLate
    | server_faults.EventsDuplicated
    | server_faults.Replication
    | server_faults.SnapshotsExpire
    | server_faults.FailbackStarts,
    Field(discriminator="fault"),
]


class Quotas(Written):
    """The account's quotas per Region; lower them to meet them with few servers."""

    servers_per_job: Annotated[int, Field(ge=1)] = 100
    jobs: Annotated[int, Field(ge=1)] = 20
    servers_in_jobs: Annotated[int, Field(ge=1)] = 500


class Script(Written):
    """All of it. An empty script is a service in good health."""

    seed: int = 1
    quotas: Quotas = Quotas()
    faults: tuple[AnyFault, ...] = ()


def read_script(path: Path, known_servers: set[str]) -> Script:
    """The file, or a Problem with all that is wrong with it."""
    document = Document(path)
    script = document.parsed(Script)
    found: list[tuple[Place, str]] = []
    for number, fault in enumerate(script.faults):
        for pattern in getattr(fault, "server", None) or ():
            if not any(fnmatchcase(name, pattern) for name in known_servers):
                there = ", ".join(sorted(known_servers)) or "none"
                found.append(
                    (("faults", number, "server"), f"no server is {pattern!r}; there are: {there}")
                )
    if found:
        raise document.problem(found)
    return script
