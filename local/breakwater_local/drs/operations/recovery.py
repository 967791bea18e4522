"""StartRecovery and TerminateRecoveryInstances: what makes jobs."""

from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.demands import JOB_TAG, MANAGED_TAG, SOURCE_SERVER_TAG
from breakwater_local.drs.errors import conflict, invalid
from breakwater_local.drs.files import call_faults, server_faults
from breakwater_local.drs.job import Job
from breakwater_local.drs.launch import Launch, LogItem
from breakwater_local.drs.operations.jobs import begin_job
from breakwater_local.drs.operations.tags import MOST_TAGS, require_taggable
from breakwater_local.drs.outbox import AnnounceLaunch, EndInstance, RunInstance
from breakwater_local.drs.phases import Planner
from breakwater_local.drs.quotas import in_a_plan, require_room
from breakwater_local.drs.recovery_instance import RecoveryInstance
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
    require_taggable(call.params.get("tags", {}))
    servers = [call.world.server(server_id) for server_id in wanted]
    _require_no_plan(call, servers)
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
        if call.denied_in_ec2:
            said = f"UnauthorizedOperation: {call.denied_in_ec2}"
            job.launches.append(_not_terminated(instance, call.now, job.started, said))
            continue
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


def _require_no_plan(call: Call, servers: list[SourceServer]) -> None:
    """A native recovery plan that is under way keeps its servers to itself."""
    for server in servers:
        plan = call.realm.rehearsal.plan_of(call.world, server, call.now)
        if plan:
            raise in_a_plan(plan.execution_arn)


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
    announced = _announced(faults)
    if launch.appears is None:
        announcement = AnnounceLaunch(world, server, job, launch, is_drill)
        for later in announced:
            realm.outbox.put(launch.result_at + later, announcement)
        return None
    launch.awaits_ec2 = True
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
    assert launch.runs is not None
    order = RunInstance(
        world=world,
        server=server,
        job=job,
        launch=launch,
        instance=instance,
        tags=_ec2_tags(server, job, instance),
        principal=call.principal,
        announced=announced,
        failback=realm.rehearsal.failback_after(world, server, launch.runs),
    )
    realm.outbox.put(launch.appears, order)
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


def _ec2_tags(server: SourceServer, job: Job, instance: RecoveryInstance) -> dict[str, str]:
    """What the EC2 instance is tagged with; EC2 takes fifty, and DRS needs its own."""
    own = {
        "Name": server.tags.get("Name", server.profile.name),
        MANAGED_TAG: "drs.amazonaws.com",
        SOURCE_SERVER_TAG: server.id,
        JOB_TAG: job.id,
    }
    copied = [(key, value) for key, value in instance.tags.items() if key not in own]
    return {**dict(copied[: MOST_TAGS - len(own)]), **own}


def _announced(faults: list[server_faults.ServerFault]) -> tuple[float, ...]:
    """So long after its result a launch is announced, each time."""
    late, copies = 0.0, 1
    for fault in faults:
        if isinstance(fault, server_faults.EventsLost):
            return ()
        if isinstance(fault, server_faults.EventsLate):
            late += fault.by
        if isinstance(fault, server_faults.EventsDuplicated):
            copies = fault.copies
    return (late,) * copies


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


def _not_terminated(instance: RecoveryInstance, created: float, at: float, error: str) -> Launch:
    """The caller may not end it in EC2: it stays."""
    data = {"sourceServerID": instance.server_id, "targetInstanceID": instance.id}
    return Launch(
        server_id=instance.server_id,
        statuses=[(created, "PENDING"), (at, "FAILED")],
        settled=at,
        log=[
            LogItem(at, "CLEANUP_START", data),
            LogItem(at, "CLEANUP_FAIL", {**data, "rawError": error}),
        ],
        instance_id=instance.id,
        appears=created,
    )
