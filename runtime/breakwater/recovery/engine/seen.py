"""What DRS said, in our words: jobs, participants, logs, recovery instances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

LAUNCHED = "LAUNCHED"
FAILED = "FAILED"
TERMINATED = "TERMINATED"
JOB_ENDED = "COMPLETED"
_SKIPPED = "SERVER_SKIPPED"
_PREVIOUS = "USING_PREVIOUS_SNAPSHOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A server of a job."""

    launch_status: str
    recovery_instance_id: str | None = None
    actions: str | None = None
    """Its required post-launch actions: pending, succeeded, failed; None: it has none."""

    failed_action: str | None = None

    @classmethod
    def from_drs(cls, item: Mapping[str, Any]) -> Self:
        """From an entry of participatingServers."""
        actions, failed = _actions((item.get("launchActionsStatus") or {}).get("runs") or ())
        return cls(
            launch_status=item.get("launchStatus", ""),
            recovery_instance_id=item.get("recoveryInstanceID"),
            actions=actions,
            failed_action=failed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenJob:
    """A job."""

    job_id: str
    ended: bool
    created_at: datetime | None = None
    ended_at: datetime | None = None
    participants: Mapping[str, Participant] = field(default_factory=dict)
    """By source server; empty where DRS does not say yet."""

    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_drs(cls, item: Mapping[str, Any]) -> Self:
        """From an item of DescribeJobs."""
        return cls(
            job_id=item["jobID"],
            ended=item.get("status") == JOB_ENDED,
            created_at=moment(item.get("creationDateTime")),
            ended_at=moment(item.get("endDateTime")),
            participants={
                one["sourceServerID"]: Participant.from_drs(one)
                for one in item.get("participatingServers") or ()
                if one.get("sourceServerID")
            },
            tags=dict(item.get("tags") or {}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLog:
    """What a job's log says of a server."""

    phases: Mapping[str, datetime] = field(default_factory=dict)
    error: str | None = None
    skipped: bool = False
    previous_snapshot: bool = False


def server_logs(items: list[Mapping[str, Any]]) -> dict[str, ServerLog]:
    """Source server → what the log of a job says of it; what names no server is left out."""
    phases: dict[str, dict[str, datetime]] = {}
    errors: dict[str, str] = {}
    for item in items:
        data = item.get("eventData") or {}
        server, event = data.get("sourceServerID"), item.get("event")
        if not server or not event:
            continue
        at = moment(item.get("logDateTime"))
        if at is not None:
            phases.setdefault(server, {}).setdefault(event, at)
        if data.get("rawError"):
            errors[server] = str(data["rawError"])
    return {
        server: ServerLog(
            phases=phases.get(server, {}),
            error=errors.get(server),
            skipped=_SKIPPED in phases.get(server, {}),
            previous_snapshot=_PREVIOUS in phases.get(server, {}),
        )
        for server in {*phases, *errors}
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenInstance:
    """A recovery instance."""

    instance_id: str
    server_id: str
    state: str
    """As EC2 says it: RUNNING, STOPPED, NOT_FOUND, ..."""

    job_id: str | None = None
    is_drill: bool | None = None
    """None where DRS does not say: then it is nobody's to terminate."""

    point_in_time: datetime | None = None

    @classmethod
    def from_drs(cls, item: Mapping[str, Any]) -> Self:
        """From an item of DescribeRecoveryInstances."""
        return cls(
            instance_id=item.get("recoveryInstanceID") or item.get("ec2InstanceID", ""),
            server_id=item.get("sourceServerID", ""),
            state=item.get("ec2InstanceState", ""),
            job_id=item.get("jobID"),
            is_drill=item.get("isDrill"),
            point_in_time=moment(item.get("pointInTimeSnapshotDateTime")),
        )


def moment(text: Any) -> datetime | None:
    """A time of DRS's; None where there is none that we can read."""
    if not isinstance(text, str) or not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _actions(runs: Any) -> tuple[str | None, str | None]:
    required = [run for run in runs if not (run.get("action") or {}).get("optional")]
    if not required:
        return None, None
    for run in required:
        if run.get("status") == FAILED:
            name = (run.get("action") or {}).get("name") or "a post-launch action"
            why = run.get("failureReason")
            return "failed", f"{name}: {why}" if why else str(name)
    if all(run.get("status") == "SUCCEEDED" for run in required):
        return "succeeded", None
    return "pending", None
