"""The events of DRS, in the words of its documentation."""

from typing import Any

from breakwater_local.drs.launch import FAILED, LAUNCHED
from breakwater_local.drs.outbox import AnnounceLaunch
from breakwater_local.drs.snapshots import Snapshot
from breakwater_local.drs.world import SourceServer

LAUNCH_RESULT = "DRS Source Server Launch Result"
STALLED_CHANGE = "DRS Source Server Data Replication Stalled Change"
FAILBACK_CHANGE = "DRS Recovery Instance Failback State Change"
SNAPSHOT_TAKEN = "DRS PIT Snapshot Taken"


def launch_result(announcement: AnnounceLaunch) -> dict[str, Any] | None:
    """What happened in the end; a launch that was cleaned up had succeeded before."""
    happened = {status for _, status in announcement.launch.statuses}
    if not happened & {LAUNCHED, FAILED}:
        return None
    detail = {
        "state": f"RECOVERY_LAUNCH_{'FAILED' if FAILED in happened else 'SUCCEEDED'}",
        "job-id": announcement.job.id,
        "is-drill": "TRUE" if announcement.is_drill else "FALSE",
    }
    return event(LAUNCH_RESULT, announcement.server.arn, detail)


def snapshot_taken(server: SourceServer, snapshot: Snapshot, ebs: list[str]) -> dict[str, Any]:
    """A point-in-time snapshot of a server is complete."""
    detail = {"DrsSnapshotID": snapshot.id, "EbsSnapshotIDs": ",".join(ebs)}
    return event(SNAPSHOT_TAKEN, server.arn, detail)


def event(detail_type: str, arn: str, detail: dict[str, str]) -> dict[str, Any]:
    """As EventBridge takes it."""
    return {"detail-type": detail_type, "resources": [arn], "detail": detail}
