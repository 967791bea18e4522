"""A source server: what DRS says of a protected machine, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from breakwater.recovery.iso_duration import seconds_of
from breakwater.recovery.replication import launchable
from breakwater.recovery.server_key import server_key
from breakwater.recovery.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLaunch:
    """The last time somebody launched it, as a drill or for real."""

    kind: str
    status: str
    job_id: str
    at: str

    def to_json(self) -> dict[str, str]:
        """In camelCase."""
        return {"kind": self.kind, "status": self.status, "jobId": self.job_id, "at": self.at}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceServer:
    """What DescribeSourceServers tells; what it leaves out is empty or None."""

    server_id: str
    target: Target
    name: str
    """What people know it by: its host name, else its tag Name, else its id."""

    tags: Mapping[str, str]
    replication_state: str
    """As DRS says it; empty where it says nothing."""

    replication_error: str
    lag_seconds: float | None
    """How old the newest replicated data is; None where DRS says nothing readable."""

    last_seen_at: str | None
    replication_direction: str
    recovery_instance_id: str | None
    last_launch_result: str
    last_launch: LastLaunch | None
    origin_account_id: str | None
    origin_region: str | None
    origin_instance_id: str | None
    last_snapshot_at: str | None = None
    """The newest point in time; None where there is none, or nobody asked."""

    @property
    def key(self) -> str:
        """Its name across accounts and Regions."""
        return server_key(self.target.account_id, self.target.region, self.server_id)

    def to_json(self) -> dict[str, Any]:
        """In camelCase."""
        return {
            "sourceServerId": self.server_id,
            "accountId": self.target.account_id,
            "region": self.target.region,
            "name": self.name,
            "tags": dict(self.tags),
            "replicationState": self.replication_state,
            "replicationError": self.replication_error or None,
            "launchable": launchable(self.replication_state).value,
            "lagSeconds": self.lag_seconds,
            "lastSeenAt": self.last_seen_at,
            "lastSnapshotAt": self.last_snapshot_at,
            "replicationDirection": self.replication_direction,
            "recoveryInstanceId": self.recovery_instance_id,
            "lastLaunchResult": self.last_launch_result,
            "lastLaunch": self.last_launch.to_json() if self.last_launch else None,
            "originAccountId": self.origin_account_id,
            "originRegion": self.origin_region,
            "originInstanceId": self.origin_instance_id,
        }

    @classmethod
    def from_drs(cls, target: Target, item: Mapping[str, Any]) -> Self:
        """From an item of DescribeSourceServers."""
        replication = item.get("dataReplicationInfo") or {}
        life_cycle = item.get("lifeCycle") or {}
        hints = (item.get("sourceProperties") or {}).get("identificationHints") or {}
        origin = item.get("sourceCloudProperties") or {}
        tags = item.get("tags") or {}
        server_id = item["sourceServerID"]
        return cls(
            server_id=server_id,
            target=target,
            name=hints.get("hostname") or hints.get("fqdn") or tags.get("Name") or server_id,
            tags=dict(tags),
            replication_state=replication.get("dataReplicationState", ""),
            replication_error=(replication.get("dataReplicationError") or {}).get("error", ""),
            lag_seconds=seconds_of(replication.get("lagDuration")),
            last_seen_at=life_cycle.get("lastSeenByServiceDateTime"),
            replication_direction=item.get("replicationDirection", ""),
            recovery_instance_id=item.get("recoveryInstanceId"),
            last_launch_result=item.get("lastLaunchResult", ""),
            last_launch=_last_launch(life_cycle.get("lastLaunch") or {}),
            origin_account_id=origin.get("originAccountID"),
            origin_region=origin.get("originRegion"),
            origin_instance_id=hints.get("awsInstanceID"),
        )


def _last_launch(launch: Mapping[str, Any]) -> LastLaunch | None:
    initiated = launch.get("initiated") or {}
    if not initiated:
        return None
    return LastLaunch(
        kind=initiated.get("type", ""),
        status=launch.get("status", ""),
        job_id=initiated.get("jobID", ""),
        at=initiated.get("apiCallDateTime", ""),
    )
