"""Which error a scripted fault of a call comes out as."""

from breakwater_local.drs import errors, quotas
from breakwater_local.drs.errors import Denied, ServiceError
from breakwater_local.drs.files import call_faults
from breakwater_local.drs.files.script import Quotas
from breakwater_local.drs.gate import Principal


def refusal_of(
    fault: call_faults.CallFault, principal: Principal, operation: str, allowed: Quotas
) -> ServiceError | None:
    """The error; nothing for a fault that lets the call through."""
    error: ServiceError | None = None
    match fault:
        case call_faults.Throttled(retry_after_seconds=seconds):
            error = errors.throttled(seconds)
        case call_faults.InternalError():
            error = errors.internal()
        case call_faults.AccessDenied():
            error = errors.access_denied(principal.arn, Denied(f"drs:{operation}", "*"))
        case call_faults.UninitializedAccount():
            error = errors.uninitialized(principal.account, principal.region)
        case call_faults.Conflict():
            error = _conflict(fault)
        case call_faults.QuotaExceeded():
            error = _over_quota(fault, allowed)
    return error


def _conflict(fault: call_faults.Conflict) -> ServiceError:
    if fault.because == "job":
        return quotas.in_a_job("unknown")
    return quotas.in_a_plan("unknown")


def _over_quota(fault: call_faults.QuotaExceeded, allowed: Quotas) -> ServiceError:
    if fault.quota == "jobs":
        return quotas.concurrent_jobs(allowed.jobs)
    if fault.quota == "servers-in-job":
        return quotas.servers_in_one_job(allowed.servers_per_job + 1, allowed.servers_per_job)
    return quotas.servers_in_all_jobs(allowed.servers_in_jobs + 1, allowed.servers_in_jobs)
