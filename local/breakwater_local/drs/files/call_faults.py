"""Faults that strike a call: the service refuses it, loses its answer, or answers oddly."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from breakwater_local.drs.durations import Duration
from breakwater_local.drs.files.fault import Counted, Servers, Times, is_meant, listed, one_of
from breakwater_local.drs.supported import LISTS, SUPPORTED

Calls = Annotated[
    tuple[Annotated[str, one_of(SUPPORTED, "simulated operation")], ...],
    BeforeValidator(listed),
    Field(min_length=1),
]
_START: tuple[str, ...] = ("StartRecovery",)


class CallFault(Counted):
    """Strikes a call; `times` counts the calls."""

    call: Calls | None = None
    server: Servers | None = None

    def strikes(self, operation: str, servers: Sequence[Sequence[str]]) -> bool:
        """Is it this operation, and does the call speak of one of these servers?"""
        if operation not in (self.call or SUPPORTED):
            return False
        return self.server is None or any(is_meant(self.server, *one) for one in servers)


class Throttled(CallFault):
    """8: ThrottlingException."""

    fault: Literal["throttled"]
    retry_after_seconds: Annotated[int, Field(ge=0, le=86_400, strict=True)] = 1


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
    size: Annotated[int, Field(ge=1, le=1000, strict=True)] = 1
    times: Times = "always"


class DefaultEbsKey(CallFault):
    """19: the staging account encrypts with its default EBS key, which can't be shared."""

    fault: Literal["default-ebs-key"]
    call: Calls | None = ("CreateExtendedSourceServer",)
    times: Times = "always"
