"""The way back: reverse the replication, launch at the origin, let go of the recovery instance."""

from typing import Any

from breakwater_local.drs.call import Call
from breakwater_local.drs.errors import conflict, invalid
from breakwater_local.drs.events import FAILBACK_CHANGE
from breakwater_local.drs.launch import Launch, LogItem
from breakwater_local.drs.operations.jobs import begin_job
from breakwater_local.drs.operations.tags import require_taggable
from breakwater_local.drs.outbox import AnnounceState
from breakwater_local.drs.quotas import require_room
from breakwater_local.drs.recovery_instance import (
    AGENT_READY,
    COMPLETED,
    IN_PROGRESS,
    NOT_STARTED,
    READY,
    REVERSED_SYNC,
    RecoveryInstance,
)
from breakwater_local.drs.replication import Course
from breakwater_local.drs.views.jobs import job_view
from breakwater_local.drs.world import SourceServer

LAUNCHING = (180.0, 300.0)


def reverse_replication(call: Call) -> dict[str, Any]:
    """The recovery instance becomes a source server of the Region it came from."""
    instance = _instance(call)
    server = call.world.server(instance.server_id)
    if server.profile.origin != "aws":
        message = f"{instance.id} came from on-premises: use a failback client"
        raise invalid(message, [("recoveryInstanceID", message)])
    _require_idle(call, instance)
    state = instance.ec2_state_at(call.now)
    if state not in ("PENDING", "RUNNING"):
        raise _refused(instance, f"is {state}, not RUNNING")
    if call.now < instance.runs + AGENT_READY:
        raise _refused(instance, "has not finished initializing")
    if instance.failing_back_at(call.now):
        raise _refused(instance, "is in failback already")
    _require_connected(call, instance)
    reversed_server = _reversed(call, instance, server)
    server.reversed_arn = reversed_server.arn
    instance.failback_starts(call.now)
    _announce(call, instance, call.now, IN_PROGRESS)
    return {"reversedDirectionSourceServerArn": reversed_server.arn}


def start_failback_launch(call: Call) -> dict[str, Any]:
    """A job that launches the instances' data at the origin, once all of it is there."""
    ids = dict.fromkeys(call.params["recoveryInstanceIDs"])
    require_taggable(call.params.get("tags", {}))
    instances = [call.world.instance(instance_id, call.now) for instance_id in ids]
    for instance in instances:
        if instance.failback_at(call.now) != READY:
            raise _refused(instance, f"is {instance.failback_at(call.now)}, not {READY}")
    require_room(call, dict.fromkeys(instance.server_id for instance in instances))
    job = begin_job(call, "LAUNCH", "FAILBACK")
    for instance in instances:
        takes = call.realm.dice.between(*LAUNCHING, "failback", job.id, instance.id)
        done = job.started + takes
        job.launches.append(_failback_launch(instance, call.now, job.started, done))
        instance.failback_job_id = job.id
        instance.failback_becomes(done, COMPLETED)
        _announce(call, instance, done, COMPLETED)
    job.unfold()
    call.world.add_job(job)
    return {"job": job_view(call.realm.clock, job, call.now)}


def stop_failback(call: Call) -> dict[str, Any]:
    """The failback is off, a launch that is under way too; the recovery instance stays."""
    instance = _instance(call)
    _call_off_launch(call, instance)
    instance.failback_becomes(call.now, NOT_STARTED)
    instance.failback_began = None
    return {}


def disconnect_recovery_instance(call: Call) -> dict[str, Any]:
    """DRS lets go of the instance; it may be deleted then."""
    instance = _instance(call)
    _require_connected(call, instance)
    _require_idle(call, instance)
    instance.disconnected = call.now
    if instance.failing_back_at(call.now):
        instance.failback_becomes(call.now, NOT_STARTED)
    return {}


def delete_recovery_instance(call: Call) -> dict[str, Any]:
    """DRS forgets the instance, which must be disconnected; EC2 keeps it."""
    instance = _instance(call)
    if call.now < instance.disconnected:
        raise _refused(instance, "is not disconnected: call DisconnectRecoveryInstance first")
    instance.removed = call.now
    return {}


def _instance(call: Call) -> RecoveryInstance:
    return call.world.instance(call.params["recoveryInstanceID"], call.now)


def _refused(instance: RecoveryInstance, why: str) -> Exception:
    return conflict(f"Recovery instance {instance.id} {why}", "RecoveryInstance", instance.id)


def _require_connected(call: Call, instance: RecoveryInstance) -> None:
    if call.now >= instance.disconnected:
        raise _refused(instance, "is disconnected")


def _require_idle(call: Call, instance: RecoveryInstance) -> None:
    """No job is at work on it, nor on ending it."""
    ending = call.now >= instance.ending
    if ending or instance.server_id in call.world.servers_in_jobs(call.now):
        raise _refused(instance, "is being processed by a job")


def _call_off_launch(call: Call, instance: RecoveryInstance) -> None:
    job = call.world.jobs.get(instance.failback_job_id or "")
    if job is None or not job.open_at(call.now):
        return
    for launch in job.launches:
        if launch.instance_id == instance.id and launch.settled > call.now:
            launch.fails(call.now, f"The failback of {instance.id} was stopped")
    job.unfold()


def _reversed(call: Call, instance: RecoveryInstance, server: SourceServer) -> SourceServer:
    """The source server of the way back, in the world it came from; the one of now, if again."""
    region = server.profile.origin_region
    assert region is not None
    origin = call.realm.world(call.world.account, region)
    call.realm.initialize(origin)
    profile = server.profile.model_copy(
        update={"origin_region": call.world.region, "tags": dict(server.tags)}
    )
    server_id = call.realm.dice.id("s-", "reversed", server.id, instance.id)
    course = Course(call.now, REVERSED_SYNC - 600.0)
    known = origin.servers.get(server_id)
    if known:  # it was reversed before: the same server, with its tags, begins anew
        known.course = course
        return known
    found = call.realm.add_server(origin, profile, server_id, course)
    found.direction = "FAILBACK"
    found.origin_instance_id = instance.id
    found.reversed_arn = server.arn
    return found


def _failback_launch(
    instance: RecoveryInstance, created: float, begins: float, ends: float
) -> Launch:
    data = {"sourceServerID": instance.server_id, "targetInstanceID": instance.id}
    return Launch(
        server_id=instance.server_id,
        statuses=[(created, "PENDING"), (begins, "IN_PROGRESS"), (ends, "LAUNCHED")],
        settled=ends,
        log=[LogItem(begins, "LAUNCH_START", data)],
        instance_id=instance.id,
        appears=created,
    )


def _announce(call: Call, instance: RecoveryInstance, at: float, state: str) -> None:
    call.realm.outbox.put(at, AnnounceState(call.world, FAILBACK_CHANGE, instance, state))
