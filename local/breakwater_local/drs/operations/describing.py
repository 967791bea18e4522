"""The Describe and List operations: they read, page by page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.clock import parsed_moment
from breakwater_local.drs.errors import invalid
from breakwater_local.drs.job import Job
from breakwater_local.drs.recovery_instance import RecoveryInstance
from breakwater_local.drs.snapshots import snapshots_at
from breakwater_local.drs.views.jobs import job_view, log_view
from breakwater_local.drs.views.recovery_instances import recovery_instance_view
from breakwater_local.drs.views.source_servers import snapshot_view, source_server_view
from breakwater_local.drs.world import SourceServer, World

# What EC2 says of an instance, in the words of DRS.
_EC2_STATES = {
    "pending": "PENDING",
    "running": "RUNNING",
    "stopping": "STOPPING",
    "stopped": "STOPPED",
    "shutting-down": "SHUTTING-DOWN",
    "terminated": "TERMINATED",
}


def describe_source_servers(call: Call) -> dict[str, Any]:
    """The source servers of this world, in the order in which they were added."""
    filters = call.params.get("filters", {})
    servers = list(call.world.servers.values())
    if filters.get("sourceServerIDs"):
        wanted = set(filters["sourceServerIDs"])
        known = (call.world.servers.get(server_id) for server_id in wanted)
        servers = sorted((one for one in known if one), key=lambda one: one.number)
    if filters.get("stagingAccountIDs"):
        accounts = set(filters["stagingAccountIDs"])
        servers = [one for one in servers if one.staging and one.staging.account in accounts]
    if "hardwareId" in filters:
        servers = [one for one in servers if _hardware(call, one) == filters["hardwareId"]]
    return call.listing(
        servers,
        lambda server: server.number,
        lambda server: source_server_view(call.realm, call.world, server, call.now),
    )


def describe_jobs(call: Call) -> dict[str, Any]:
    """The jobs of this world, newest first."""
    filters = call.params.get("filters", {})
    jobs = list(call.world.jobs.values())
    if filters.get("jobIDs"):
        known = (call.world.jobs.get(job_id) for job_id in set(filters["jobIDs"]))
        jobs = sorted((job for job in known if job), key=lambda job: job.number)
    if "fromDate" in filters or "toDate" in filters:
        inside = _between(call, filters, "fromDate", "toDate")
        jobs = [job for job in jobs if inside(call.realm.clock.moment(job.created))]
    return call.listing(
        jobs,
        lambda job: job.number,
        lambda job: job_view(call.realm.clock, job, call.now),
        newest_first=True,
    )


def describe_job_log_items(call: Call) -> dict[str, Any]:
    """What a job has written so far."""
    job: Job = call.world.job(call.params["jobID"])
    return call.listing(
        list(enumerate(job.log_at(call.now))),
        lambda numbered: numbered[0],
        lambda numbered: log_view(call.realm.clock, numbered[1]),
    )


def describe_recovery_instances(call: Call) -> dict[str, Any]:
    """The instances that DRS launched and has not forgotten; their state is what EC2 says."""
    instances = chosen_instances(call.world, call.params.get("filters", {}), call.now)
    shown, rest = call.page(instances, lambda one: one.number)
    states = _ec2_states(call, shown)
    items = [
        recovery_instance_view(
            call.realm.clock, call.world.server(one.server_id), one, states[one.id], call.now
        )
        for one in shown
    ]
    return {"items": items, **rest}


def chosen_instances(
    world: World, filters: Mapping[str, Sequence[str]], at: float
) -> list[RecoveryInstance]:
    """The recovery instances that these filters let through."""
    instances = world.instances_at(at)
    if filters.get("recoveryInstanceIDs"):
        ids = set(filters["recoveryInstanceIDs"])
        instances = [one for one in instances if one.id in ids]
    if filters.get("sourceServerIDs"):
        servers = set(filters["sourceServerIDs"])
        instances = [one for one in instances if one.server_id in servers]
    return instances


def describe_recovery_snapshots(call: Call) -> dict[str, Any]:
    """The point-in-time snapshots of a source server that there still are."""
    server = call.world.server(call.params["sourceServerID"])
    clock, dice = call.realm.clock, call.realm.dice
    inside = _between(call, call.params.get("filters", {}), "fromDateTime", "toDateTime")
    snapshots = snapshots_at(server.policy, dice, call.now)
    return call.listing(
        [snapshot for snapshot in snapshots if inside(clock.moment(snapshot.taken))],
        lambda snapshot: snapshot.number,
        lambda snapshot: snapshot_view(clock, dice, server, snapshot),
        newest_first=call.params.get("order") == "DESC",
    )


def _ec2_states(call: Call, instances: list[RecoveryInstance]) -> dict[str, str]:
    """What EC2 last said of those that should be up; of the others, and before, what is planned."""
    last = call.world.ec2_states
    return {
        one.id: _EC2_STATES.get(last[one.id], "NOT_FOUND")
        if one.id in last and one.is_up_at(call.now)
        else one.ec2_state_at(call.now)
        for one in instances
    }


def _hardware(call: Call, server: SourceServer) -> str:
    view = source_server_view(call.realm, call.world, server, call.now)
    hints = view["sourceProperties"]["identificationHints"]
    return str(hints.get("vmWareUuid") or hints.get("awsInstanceID"))


def _between(
    call: Call, filters: dict[str, str], earliest: str, latest: str
) -> Callable[[str], bool]:
    """Does a moment of the service lie between two of the caller's, both included?"""
    since = _moment(call, filters, earliest)
    until = _moment(call, filters, latest)

    def inside(moment: str) -> bool:
        at = datetime.fromisoformat(moment)
        return (since is None or since <= at) and (until is None or at <= until)

    return inside


def _moment(call: Call, filters: dict[str, str], name: str) -> datetime | None:
    if name not in filters:
        return None
    moment = parsed_moment(filters[name])
    if moment is None:
        message = f"{filters[name]!r} is no date and time"
        raise invalid(f"{call.operation}: {message}", [(f"filters.{name}", message)])
    return moment
