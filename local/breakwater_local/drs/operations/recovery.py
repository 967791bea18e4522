"""StartRecovery and TerminateRecoveryInstances: what makes jobs."""

from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.courier import FAILBACK_CHANGE
from breakwater_local.drs.errors import conflict, invalid
from breakwater_local.drs.files import call_faults, server_faults
from breakwater_local.drs.job import Job
from breakwater_local.drs.launch import Launch, LogItem
from breakwater_local.drs.operations.jobs import begin_job
from breakwater_local.drs.outbox import (
    AnnounceLaunch,
    AnnounceState,
    EndInstance,
    RunInstance,
    StopInstance,
)
from breakwater_local.drs.phases import Planner
from breakwater_local.drs.quotas import require_room
from breakwater_local.drs.recovery_instance import IN_PROGRESS, RecoveryInstance
from breakwater_local.drs.replication import consistent_at
from breakwater_local.drs.snapshots import Snapshot, snapshots_at
from breakwater_local.drs.views.jobs import job_view
from breakwater_local.drs.world import SourceServer

CLEANUP = 20.0
TERMINATING = (40.0, 80.0)


def start_recovery(call: Call) -> dict[str, Any]:
    """A job that launches source servers; a real recovery unless `isDrill` says otherwise."""
    wanted = {
        entry["sourceServerID"]: entry.get("recoverySnapshotID")
        for entry in call.params["sourceServers"]
    }
    if len(wanted) < len(call.params["sourceServers"]):
        raise invalid("A source server is named twice", [("sourceServers", "name each once")])
    servers = [call.world.server(server_id) for server_id in wanted]
    snapshots = {server.id: _snapshot(call, server, wanted[server.id]) for server in servers}
    for server in servers:
        _require_no_failback(call, server)
    require_room(call, wanted)
    job = begin_job(
        call, "LAUNCH", "START_DRILL" if call.params.get("isDrill") else "START_RECOVERY"
    )
    instances = [
        _plan(call, job, server, snapshots[server.id], pinned=wanted[server.id] is not None)
        for server in servers
    ]
    job.unfold()
    call.world.add_job(job, [instance for instance in instances if instance])
    hidden = call.fault(call_faults.EmptyParticipants)
    view = job_view(call.realm.clock, job, call.now)
    if hidden:
        job.shown_from = call.now + hidden.lasting
        view["participatingServers"] = []
    return {"job": view}


def terminate_recovery_instances(call: Call) -> dict[str, Any]:
    """A job that ends instances; afterwards DRS has forgotten them."""
    ids = dict.fromkeys(call.params["recoveryInstanceIDs"])
    instances = [call.world.instance(instance_id, call.now) for instance_id in ids]
    for instance in instances:
        if instance.failing_back_at(call.now):
            raise conflict(
                f"Recovery instance {instance.id} can't be terminated during failback",
                "RecoveryInstance",
                instance.id,
            )
    require_room(call, dict.fromkeys(instance.server_id for instance in instances))
    job = begin_job(call, "TERMINATE", "TERMINATE_RECOVERY_INSTANCES")
    for instance in instances:
        takes = call.realm.dice.between(*TERMINATING, "terminate", job.id, instance.id)
        job.launches.append(_termination(instance, call.now, job.started, takes))
        end_instance(call, instance, job.started, job.started + takes)
    job.unfold()
    call.world.add_job(job)
    return {"job": job_view(call.realm.clock, job, call.now)}


def _snapshot(call: Call, server: SourceServer, pinned: str | None) -> Snapshot | None:
    known = snapshots_at(server.policy, call.realm.dice, call.now)
    if pinned is not None:
        found = next((snapshot for snapshot in known if snapshot.id == pinned), None)
        if found is None:
            raise conflict(
                f"Recovery snapshot {pinned} of source server {server.id} does not exist: "
                "it expired, or never was",
                "RecoverySnapshot",
                pinned,
            )
        return found
    if not known and not consistent_at(server.course, call.now):
        raise conflict(
            f"Source server {server.id} has no recovery snapshot to launch from",
            "SourceServer",
            server.id,
        )
    return known[-1] if known else None


def _require_no_failback(call: Call, server: SourceServer) -> None:
    for instance in call.world.instances_of(server.id, call.now):
        if instance.failing_back_at(call.now):
            raise conflict(
                f"Source server {server.id} has a recovery instance in failback",
                "SourceServer",
                server.id,
            )


def _plan(
    call: Call, job: Job, server: SourceServer, snapshot: Snapshot | None, *, pinned: bool
) -> RecoveryInstance | None:
    """One server's launch; whatever it leaves behind in the realm comes about here."""
    realm, world = call.realm, call.world
    faults = realm.rehearsal.on_recovery(world, server, call.now)
    begins = _clean_up(call, job, server)
    launch = Planner(
        dice=realm.dice,
        job_id=job.id,
        server=server,
        created=call.now,
        time=begins,
        faults=faults,
        snapshot=snapshot,
        fresh=not pinned and consistent_at(server.course, call.now),
    ).plan()
    job.launches.append(launch)
    server.history.append((job, launch))
    is_drill = bool(call.params.get("isDrill"))
    _announce(call, AnnounceLaunch(world, server, job, launch, is_drill), faults)
    if launch.appears is None:
        return None
    instance = RecoveryInstance(
        number=realm.next_number(),
        arn_prefix=world.arn("recovery-instance", ""),
        server_id=server.id,
        job_id=job.id,
        is_drill=is_drill,
        launch=launch,
        stops=server.launch_configuration["launchDisposition"] == "STOPPED",
        tags=dict(server.tags) if server.launch_configuration["copyTags"] else {},
    )
    _set_in_motion(call, server, job, instance)
    return instance


def _clean_up(call: Call, job: Job, server: SourceServer) -> float:
    """DRS keeps one recovery instance per server: an earlier one goes first."""
    earlier = call.world.instances_of(server.id, call.now)
    ends = job.started + CLEANUP if earlier else job.started
    for instance in earlier:
        data = {"sourceServerID": server.id, "targetInstanceID": instance.id}
        job.log.append(LogItem(job.started, "CLEANUP_START", data))
        job.log.append(LogItem(ends, "CLEANUP_END", data))
        end_instance(call, instance, job.started, ends)
    return ends


def end_instance(call: Call, instance: RecoveryInstance, begins: float, ends: float) -> None:
    """Its EC2 instance is terminated, and DRS forgets it."""
    instance.ending, instance.removed = begins, ends
    instance.launch.is_terminated(begins)
    call.realm.outbox.put(begins, EndInstance(call.world, instance))


def _set_in_motion(call: Call, server: SourceServer, job: Job, instance: RecoveryInstance) -> None:
    launch, world, put = instance.launch, call.world, call.realm.outbox.put
    assert launch.appears is not None
    assert launch.runs is not None
    tags = {
        **instance.tags,
        "Name": server.tags.get("Name", server.profile.name),
        "AWSElasticDisasterRecoveryManaged": "drs.amazonaws.com",
        "AWSElasticDisasterRecoverySourceServerID": server.id,
        "AWSElasticDisasterRecoveryJobID": job.id,
    }
    put(launch.appears, RunInstance(world, server, job, launch, tags))
    if instance.stops:
        put(launch.runs, StopInstance(world, instance))
    if launch.vanishes is not None:
        put(launch.vanishes, EndInstance(world, instance))
    if launch.terminates is not None:
        instance.ending = instance.removed = launch.terminates
        put(launch.terminates, EndInstance(world, instance))
    failback = call.realm.rehearsal.failback_after(world, server, launch.runs)
    if failback is not None:
        instance.failback_starts(failback)
        put(failback, AnnounceState(world, FAILBACK_CHANGE, instance, IN_PROGRESS))


def _announce(
    call: Call, announcement: AnnounceLaunch, faults: list[server_faults.ServerFault]
) -> None:
    at, copies = announcement.launch.result_at, 1
    for fault in faults:
        if isinstance(fault, server_faults.EventsLost):
            return
        if isinstance(fault, server_faults.EventsLate):
            at += fault.by
        if isinstance(fault, server_faults.EventsDuplicated):
            copies = fault.copies
    for _ in range(copies):
        call.realm.outbox.put(at, announcement)


def _termination(instance: RecoveryInstance, created: float, begins: float, takes: float) -> Launch:
    data = {"sourceServerID": instance.server_id, "targetInstanceID": instance.id}
    return Launch(
        server_id=instance.server_id,
        statuses=[
            (created, "PENDING"),
            (begins, "IN_PROGRESS"),
            (begins + takes, "TERMINATED"),
        ],
        settled=begins + takes,
        log=[
            LogItem(begins, "CLEANUP_START", data),
            LogItem(begins + takes, "CLEANUP_END", data),
        ],
        instance_id=instance.id,
        appears=created,
    )
