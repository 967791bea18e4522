"""Recovery instances, as DescribeRecoveryInstances shows them."""

from typing import Any

from breakwater_local.drs.clock import Clock
from breakwater_local.drs.dice import Dice
from breakwater_local.drs.recovery_instance import (
    NOT_STARTED,
    REVERSED_SYNC,
    RecoveryInstance,
)
from breakwater_local.drs.views.source_servers import AGENT_VERSION, source_properties
from breakwater_local.drs.world import SourceServer

_AS_ON_THE_SOURCE = ("networkInterfaces", "cpus", "ramBytes", "os", "lastUpdatedDateTime")


def recovery_instance_view(
    clock: Clock, server: SourceServer, instance: RecoveryInstance, ec2_state: str, at: float
) -> dict[str, Any]:
    """A recovery instance at a moment.

    :param ec2_state: what EC2 says of it.
    """
    profile = server.profile
    view: dict[str, Any] = {
        "recoveryInstanceID": instance.id,
        "ec2InstanceID": instance.id,
        "ec2InstanceState": ec2_state,
        "arn": instance.arn,
        "jobID": instance.job_id,
        "sourceServerID": instance.server_id,
        "isDrill": instance.is_drill,
        "pointInTimeSnapshotDateTime": clock.moment(instance.launch.data_from),
        "originEnvironment": "AWS" if profile.origin == "aws" else "ON_PREMISES",
        "agentVersion": AGENT_VERSION,
        "recoveryInstanceProperties": _properties(clock, server, instance, at),
        "failback": _failback(clock, instance, at),
        "dataReplicationInfo": {"dataReplicationState": _replication_state(instance, at)},
        "tags": dict(instance.tags),
    }
    if profile.origin == "aws":
        view["originAvailabilityZone"] = f"{profile.origin_region}a"
    return view


def _properties(
    clock: Clock, server: SourceServer, instance: RecoveryInstance, at: float
) -> dict[str, Any]:
    found = source_properties(clock, server, at)
    hints = {**found["identificationHints"], "awsInstanceID": instance.id}
    return {
        **{name: found[name] for name in _AS_ON_THE_SOURCE},
        "identificationHints": hints,
        "disks": [
            {
                "internalDeviceName": disk["deviceName"],
                "bytes": disk["bytes"],
                "ebsVolumeID": Dice(0).id("vol-", instance.id, disk["deviceName"], digits=8),
            }
            for disk in found["disks"]
        ],
    }


def _failback(clock: Clock, instance: RecoveryInstance, at: float) -> dict[str, Any]:
    state = instance.failback_at(at)
    view: dict[str, Any] = {"state": state}
    if state != NOT_STARTED and instance.failback_began is not None:
        view["failbackInitiationTime"] = clock.moment(instance.failback_began)
        view["failbackLaunchType"] = "DRILL" if instance.is_drill else "RECOVERY"
        view["failbackToOriginalServer"] = False
    if instance.failback_job_id:
        view["failbackJobID"] = instance.failback_job_id
    return view


def _replication_state(instance: RecoveryInstance, at: float) -> str:
    if at >= instance.disconnected:
        return "DISCONNECTED"
    if not instance.failing_back_at(at) or instance.failback_began is None:
        return "NOT_STARTED"
    return "RESCAN" if at < instance.failback_began + REVERSED_SYNC else "CONTINUOUS"
