"""The script: which of the things that are known to go wrong with DRS go wrong, where and when."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from breakwater_local.drs.durations import Duration
from breakwater_local.drs.files.causes import LAUNCH_CAUSES
from breakwater_local.drs.files.document import Document, Place, Written
from breakwater_local.drs.files.servers import AccountId, Region, ReplicationState
from breakwater_local.drs.supported import LISTS, SUPPORTED


def _listed(written: Any) -> Any:
    return (written,) if isinstance(written, str) else written


def _operation(name: str) -> str:
    if name not in SUPPORTED:
        raise ValueError(f"{name!r} is no simulated operation; there are: {', '.join(SUPPORTED)}")
    return name


def _cause(name: str) -> str:
    if name not in LAUNCH_CAUSES:
        raise ValueError(f"{name!r} is no known cause; there are: {', '.join(LAUNCH_CAUSES)}")
    return name


Servers = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
Calls = Annotated[
    tuple[Annotated[str, AfterValidator(_operation)], ...],
    BeforeValidator(_listed),
    Field(min_length=1),
]
Times = Annotated[int, Field(ge=1)] | Literal["always"]
_START: tuple[str, ...] = ("StartRecovery",)


class Fault(Written):
    """What every fault may say: where, when and how often it strikes."""

    name: str | None = None
    account: AccountId | None = None
    region: Region | None = None
    from_: Annotated[Duration, Field(alias="from")] = 0.0
    until: Duration | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Fault":
        if self.until is not None and self.until <= self.from_:
            raise ValueError("`until` must be later than `from`")
        return self

    def active(self, account: str, region: str, at: float) -> bool:
        """Does it strike in this world, at this moment?"""
        return (
            self.account in (None, account)
            and self.region in (None, region)
            and self.from_ <= at
            and (self.until is None or at < self.until)
        )


class Counted(Fault):
    """A fault that strikes so many times and is over."""

    times: Times = 1
    skip: Annotated[int, Field(ge=0)] = 0


class CallFault(Counted):
    """Strikes a call; `times` counts the calls."""

    call: Calls | None = None
    server: Servers | None = None

    def strikes(self, operation: str, servers: Sequence[tuple[str, str]]) -> bool:
        """Is it this operation, and does the call speak of one of these servers?"""
        if operation not in (self.call or SUPPORTED):
            return False
        return self.server is None or any(is_meant(self.server, *one) for one in servers)


class ServerFault(Counted):
    """Strikes a server when it is recovered; `times` counts the recoveries of each server."""

    server: Servers = ("*",)


class Throttled(CallFault):
    """8: ThrottlingException."""

    fault: Literal["throttled"]
    retry_after_seconds: Annotated[int, Field(ge=0)] = 1


class InternalError(CallFault):
    """InternalServerException."""

    fault: Literal["internal-error"]


class AccessDenied(CallFault):
    """AccessDeniedException."""

    fault: Literal["access-denied"]


class Conflict(CallFault):
    """6: ConflictException, because of a job or of a native recovery plan."""

    fault: Literal["conflict"]
    call: Calls | None = _START
    because: Literal["job", "recovery-plan"] = "job"


class QuotaExceeded(CallFault):
    """7: ServiceQuotaExceededException."""

    fault: Literal["quota-exceeded"]
    call: Calls | None = _START
    quota: Literal["jobs", "servers-in-job", "servers-in-jobs"] = "jobs"


class UninitializedAccount(CallFault):
    """11: UninitializedAccountException, until InitializeService is called there."""

    fault: Literal["uninitialized-account"]
    times: Times = "always"


class ExpiredSession(CallFault):
    """13: ExpiredTokenException; with a lifetime: for each access key that is older."""

    fault: Literal["expired-session"]
    lifetime: Duration | None = None


class LostResponse(CallFault):
    """9: the call is done, its answer never arrives."""

    fault: Literal["lost-response"]
    call: Calls | None = _START


class EmptyParticipants(CallFault):
    """2: the new job is shown without its servers at first."""

    fault: Literal["empty-participants"]
    call: Calls | None = _START
    lasting: Duration = 0.0


class SmallPages(CallFault):
    """10: lists come in small pages, whatever is asked."""

    fault: Literal["small-pages"]
    call: Calls | None = LISTS
    size: Annotated[int, Field(ge=1)] = 1
    times: Times = "always"


class DefaultEbsKey(CallFault):
    """19: the staging account encrypts with its default EBS key, which can't be shared."""

    fault: Literal["default-ebs-key"]
    call: Calls | None = ("CreateExtendedSourceServer",)
    times: Times = "always"


class LaunchFails(ServerFault):
    """1, 15, 16: the job is COMPLETED, the server FAILED."""

    fault: Literal["launch-fails"]
    phase: Literal["snapshot", "conversion", "launch"] = "launch"
    cause: Annotated[str, AfterValidator(_cause)] = "no-capacity"
    error: str | None = None


class ServerSkipped(ServerFault):
    """3: SERVER_SKIPPED in the log; it is never launched."""

    fault: Literal["server-skipped"]
    leaves: Literal["FAILED", "PENDING"] = "FAILED"


class LeftUnfinished(ServerFault):
    """4: the job is COMPLETED, the server still PENDING or IN_PROGRESS."""

    fault: Literal["left-unfinished"]
    leaves: Literal["PENDING", "IN_PROGRESS"] = "PENDING"


class TerminatedDuringJob(ServerFault):
    """5: someone cleans up while the job goes on."""

    fault: Literal["terminated-during-job"]
    after: Duration = 60.0


class InstanceGone(ServerFault):
    """12: the EC2 instance ends behind the service's back."""

    fault: Literal["instance-gone"]
    after: Duration = 60.0


class SlowPhase(ServerFault):
    """A phase takes so long instead."""

    fault: Literal["slow-phase"]
    phase: Literal["snapshot", "conversion", "launch"]
    takes: Duration


class PreviousSnapshot(ServerFault):
    """No new snapshot could be taken: the last one is used, so more is lost."""

    fault: Literal["previous-snapshot"]


class ActionFails(ServerFault):
    """A post-launch action fails, after the launch was reported as good."""

    fault: Literal["action-fails"]
    action: str = "*"
    reason: str = "The command exited with status 1"


class EventsLost(ServerFault):
    """17: the launch result is never announced."""

    fault: Literal["events-lost"]


class EventsLate(ServerFault):
    """17: the launch result is announced late."""

    fault: Literal["events-late"]
    by: Duration = 600.0


class EventsDuplicated(ServerFault):
    """17: the launch result is announced more than once."""

    fault: Literal["events-duplicated"]
    copies: Annotated[int, Field(ge=2, le=10)] = 2


class Replication(Fault):
    """The data replication of servers is in this state for a time."""

    fault: Literal["replication"]
    server: Servers
    state: ReplicationState


class SnapshotsExpire(Fault):
    """14: at `from`, every snapshot that there is goes away at once."""

    fault: Literal["snapshots-expire"]
    server: Servers


class FailbackStarts(Fault):
    """18: at `from`, a failback client takes over the server's recovery instance."""

    fault: Literal["failback-starts"]
    server: Servers


AnyFault = Annotated[
    Throttled
    | InternalError
    | AccessDenied
    | Conflict
    | QuotaExceeded
    | UninitializedAccount
    | ExpiredSession
    | LostResponse
    | EmptyParticipants
    | SmallPages
    | DefaultEbsKey
    | LaunchFails
    | ServerSkipped
    | LeftUnfinished
    | TerminatedDuringJob
    | InstanceGone
    | SlowPhase
    | PreviousSnapshot
    | ActionFails
    | EventsLost
    | EventsLate
    | EventsDuplicated
    | Replication
    | SnapshotsExpire
    | FailbackStarts,
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


def is_meant(patterns: Sequence[str], name: str, server_id: str) -> bool:
    """Does a pattern (`db-01`, `app-*`, `s-...`) mean this server?"""
    return any(fnmatchcase(name, one) or fnmatchcase(server_id, one) for one in patterns)
