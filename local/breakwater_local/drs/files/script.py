"""The script: which of the things that are known to go wrong with DRS go wrong, where and when."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from breakwater_local.drs.files import call_faults, server_faults
from breakwater_local.drs.files.document import Document, Written
from breakwater_local.drs.files.place import Place
from breakwater_local.drs.files.servers import KnownServer
from breakwater_local.drs.files.strikes import never_strikes, unknown_servers

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
    | server_faults.FailbackStarts
    | server_faults.RecoveryPlanRuns,
    Field(discriminator="fault"),
]


_ANY_FAULT: TypeAdapter[Any] = TypeAdapter(AnyFault)


class Quotas(Written):
    """The account's quotas per Region; lower them to meet them with few servers."""

    servers_per_job: Annotated[int, Field(ge=1, strict=True)] = 100
    jobs: Annotated[int, Field(ge=1, strict=True)] = 20
    servers_in_jobs: Annotated[int, Field(ge=1, strict=True)] = 500


class Script(Written):
    """All of it. An empty script is a service in good health."""

    seed: Annotated[int, Field(strict=True)] = 1
    quotas: Quotas = Quotas()
    faults: tuple[AnyFault, ...] = ()


def read_script(path: Path, known: Collection[KnownServer]) -> Script:
    """The file, or a Problem with all that is wrong with it."""
    return Document(path).parsed(Script, lambda content: _in_vain(content, known))


def _in_vain(content: Any, known: Collection[KnownServer]) -> Iterator[tuple[Place, str]]:
    """The faults that could never strike, of those that are well written."""
    written = content.get("faults") if isinstance(content, dict) else None
    for number, one in enumerate(written if isinstance(written, list) else ()):
        try:
            fault = _ANY_FAULT.validate_python(one)
        except ValidationError:
            # Whatever else is wrong with it, whom it means can be looked at.
            named = one.get("server") if isinstance(one, dict) else None
            patterns = [named] if isinstance(named, str) else named
            texts = [text for text in patterns or () if isinstance(text, str)]
            found = [("server", said) for said in unknown_servers(texts, known)]
        else:
            found = list(never_strikes(fault, known))
        for key, said in found:
            yield ("faults", number, key), said
