"""Source servers and their snapshots, as the Describe operations show them."""

from typing import Any

from breakwater_local.drs.clock import Clock
from breakwater_local.drs.dice import Dice
from breakwater_local.drs.files.servers import full_name, host_name
from breakwater_local.drs.launch import FAILED, LAUNCHED, TERMINATED
from breakwater_local.drs.realm import Realm
from breakwater_local.drs.replication import INITIATING, Replication, replication_at
from breakwater_local.drs.snapshots import Snapshot, ebs_snapshots
from breakwater_local.drs.world import SourceServer, World

AGENT_VERSION = "5.2.0.2025.091.0900"
_GIB = 2**30
_LAST_LAUNCH = {LAUNCHED: "SUCCEEDED", TERMINATED: "SUCCEEDED", FAILED: "FAILED"}


def source_server_view(realm: Realm, world: World, server: SourceServer, at: float) -> Any:
    """A source server at a moment."""
    clock = realm.clock
    view: dict[str, Any] = {
        "sourceServerID": server.id,
        "arn": server.arn,
        "tags": dict(server.tags),
        "lastLaunchResult": _last_launch_result(server, at),
        "dataReplicationInfo": _replication(clock, world, server, at),
        "lifeCycle": _life_cycle(clock, server, at),
        "sourceProperties": source_properties(clock, server, at),
        "replicationDirection": server.direction,
        "agentVersion": AGENT_VERSION,
        "stagingArea": _staging(server),
    }
    instances = world.instances_of(server.id, at)
    if instances:
        view["recoveryInstanceId"] = instances[-1].id
    if server.reversed_arn:
        view["reversedDirectionSourceServerArn"] = server.reversed_arn
    if server.profile.origin == "aws":
        view["sourceCloudProperties"] = {
            "originAccountID": world.account,
            "originRegion": server.profile.origin_region,
            "originAvailabilityZone": f"{server.profile.origin_region}a",
        }
    return view


def source_properties(clock: Clock, server: SourceServer, at: float) -> dict[str, Any]:
    """What the agent found on the machine."""
    profile, dice = server.profile, Dice(0)
    hints = {"hostname": host_name(profile), "fqdn": full_name(profile)}
    if server.origin_instance_id:
        hints["awsInstanceID"] = server.origin_instance_id
    elif profile.origin == "aws":
        hints["awsInstanceID"] = dice.id("i-", "origin", server.id)
    else:
        hints["vmWareUuid"] = dice.uuid("vm", server.id)
    digits = dice.id("", "mac", server.id)
    mac = ":".join(("02", *(digits[index : index + 2] for index in range(0, 10, 2))))
    host = [int(digits[index : index + 2], 16) for index in (10, 12)]
    return {
        "lastUpdatedDateTime": clock.moment(max(at - at % 3600, server.added)),
        "recommendedInstanceType": profile.instance_type,
        "identificationHints": hints,
        "networkInterfaces": [
            {"macAddress": mac, "ips": [f"10.0.{host[0]}.{host[1]}"], "isPrimary": True}
        ],
        "disks": [
            {"deviceName": device(number), "bytes": size * _GIB}
            for number, size in enumerate(profile.disks_gib)
        ],
        "cpus": [{"cores": profile.cores, "modelName": "Intel(R) Xeon(R) Platinum 8259CL"}],
        "ramBytes": profile.memory_gib * _GIB,
        "os": {"fullString": profile.os},
        "supportsNitroInstances": True,
        "architecture": "x86_64",
    }


def snapshot_view(
    clock: Clock, dice: Dice, server: SourceServer, snapshot: Snapshot
) -> dict[str, Any]:
    """A point-in-time snapshot: one EBS snapshot for each disk."""
    return {
        "snapshotID": snapshot.id,
        "sourceServerID": server.id,
        "expectedTimestamp": clock.moment(snapshot.expected),
        "timestamp": clock.moment(snapshot.taken),
        "ebsSnapshots": ebs_snapshots(dice, snapshot, len(server.profile.disks_gib)),
    }


def device(number: int) -> str:
    """The name of a disk: /dev/sda to /dev/sdz, then /dev/sdaa..."""
    first, second = divmod(number, 26)
    return "/dev/sd" + (chr(ord("a") + first - 1) if first else "") + chr(ord("a") + second)


def _last_launch_result(server: SourceServer, at: float) -> str:
    if not server.history:
        return "NOT_STARTED"
    return _LAST_LAUNCH.get(server.history[-1][1].status_at(at), "PENDING")


def _life_cycle(clock: Clock, server: SourceServer, at: float) -> dict[str, Any]:
    view: dict[str, Any] = {
        "addedToServiceDateTime": clock.moment(server.added),
        "lastSeenByServiceDateTime": clock.moment(_last_seen(server, at)),
        "elapsedReplicationDuration": clock.duration(at - server.added),
    }
    first_byte = server.course.syncing_from + INITIATING
    if first_byte <= at:
        view["firstByteDateTime"] = clock.moment(first_byte)
    if server.history:
        job, launch = server.history[-1]
        view["lastLaunch"] = {
            "initiated": {
                "apiCallDateTime": clock.moment(job.created),
                "jobID": job.id,
                "type": "DRILL" if job.initiated_by == "START_DRILL" else "RECOVERY",
            },
            "status": launch.status_at(at),
        }
    return view


def _last_seen(server: SourceServer, at: float) -> float:
    replication = replication_at(server.course, at)
    silent = replication.state in ("DISCONNECTED", "STOPPED")
    return max(at - replication.lag, server.added) if silent else at


def _replication(clock: Clock, world: World, server: SourceServer, at: float) -> dict[str, Any]:
    now = replication_at(server.course, at)
    view: dict[str, Any] = {
        "dataReplicationState": now.state,
        "lagDuration": clock.duration(now.lag),
        "replicatedDisks": [
            _disk(number, size * _GIB, now) for number, size in enumerate(server.profile.disks_gib)
        ],
        "stagingAvailabilityZone": f"{world.region}a",
    }
    if now.expected is not None:
        view["etaDateTime"] = clock.moment(now.expected)
    if now.error:
        raw = f"Replication has been {now.state.lower()} for {clock.duration(now.lag)}."
        view["dataReplicationError"] = {"error": now.error, "rawError": raw}
    return view


def _disk(number: int, size: int, now: Replication) -> dict[str, Any]:
    changed = min(size // 100, int(now.lag) * 2**20)
    return {
        "deviceName": device(number),
        "totalStorageBytes": size,
        "replicatedStorageBytes": int(size * now.replicated),
        "rescannedStorageBytes": int(size * now.rescanned),
        "backloggedStorageBytes": 0 if now.replicated < 1 else changed,
        "volumeStatus": "REGULAR",
    }


def _staging(server: SourceServer) -> dict[str, Any]:
    if server.staging is None:
        return {"status": "NOT_EXTENDED"}
    return {
        "status": "EXTENDED",
        "stagingAccountID": server.staging.account,
        "stagingSourceServerArn": server.staging.arn,
    }
