"""The quotas of DRS on jobs, per account and Region."""

from collections.abc import Collection

from breakwater_local.drs.call import Call
from breakwater_local.drs.errors import ServiceError, conflict, over_quota

SERVERS_PER_JOB = "L-B827C881"
JOBS = "L-D88FAC3A"
SERVERS_IN_JOBS = "L-05AFA8C6"


def require_room(call: Call, server_ids: Collection[str]) -> None:
    """May a job with these source servers begin now? If not, the error says which quota is met."""
    quotas = call.realm.quotas
    if len(server_ids) > quotas.servers_per_job:
        raise servers_in_one_job(len(server_ids), quotas.servers_per_job)
    busy = call.world.servers_in_jobs(call.now)
    for server_id in server_ids:
        if server_id in busy:
            raise in_a_job(server_id)
    if len(call.world.open_jobs(call.now)) >= quotas.jobs:
        raise concurrent_jobs(quotas.jobs)
    if len(busy) + len(server_ids) > quotas.servers_in_jobs:
        raise servers_in_all_jobs(len(busy) + len(server_ids), quotas.servers_in_jobs)


def in_a_job(server_id: str) -> ServiceError:
    """One job per server."""
    return conflict(
        "One or more of the Source Servers included in API call are currently being processed by "
        "a Job",
        "SourceServer",
        server_id,
    )


def in_a_plan(execution: str) -> ServiceError:
    """A server that a native recovery plan is at work on."""
    return conflict(
        "One or more of the Source Servers included in API call are part of a recovery plan "
        "execution that is in progress",
        "RecoveryPlanExecution",
        execution,
    )


def servers_in_one_job(asked: int, allowed: int) -> ServiceError:
    """Too many servers at once."""
    return over_quota(
        f"{asked} source servers in one job; the quota is {allowed}",
        SERVERS_PER_JOB,
        "Job",
        "source servers in one job",
    )


def concurrent_jobs(allowed: int) -> ServiceError:
    """Too many jobs at once."""
    return over_quota(
        f"{allowed} jobs are in progress already, which is the quota", JOBS, "Job", "jobs"
    )


def servers_in_all_jobs(would_be: int, allowed: int) -> ServiceError:
    """Too many servers in all jobs together."""
    return over_quota(
        f"{would_be} source servers would be in jobs; the quota is {allowed}",
        SERVERS_IN_JOBS,
        "Job",
        "source servers in all jobs",
    )
