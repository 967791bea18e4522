"""Faults that strike a source server: in a recovery, or in its replication."""

from typing import Annotated, Literal

from pydantic import Field

from breakwater_local.drs.durations import Duration
from breakwater_local.drs.files.causes import LAUNCH_CAUSES
from breakwater_local.drs.files.fault import Counted, Fault, Servers, one_of
from breakwater_local.drs.files.sayable import sayable
from breakwater_local.drs.files.servers import ReplicationState


class ServerFault(Counted):
    """Strikes a server when it is recovered; `times` counts the recoveries of each server."""

    server: Servers = ("*",)


class LaunchFails(ServerFault):
    """1, 15, 16: the job is COMPLETED, the server FAILED."""

    fault: Literal["launch-fails"]
    phase: Literal["snapshot", "conversion", "launch"] = "launch"
    cause: Annotated[str, one_of(LAUNCH_CAUSES, "known cause")] = "no-capacity"
    error: Annotated[str, sayable("JobLogEventData", "rawError")] | None = None


class ServerSkipped(ServerFault):
    """3: SERVER_SKIPPED in the log; it is never launched."""

    fault: Literal["server-skipped"]
    leaves: Literal["FAILED", "PENDING"] = "FAILED"


class LeftUnfinished(ServerFault):
    """4: the job is COMPLETED, the server still PENDING or IN_PROGRESS."""

    fault: Literal["left-unfinished"]
    leaves: Literal["PENDING", "IN_PROGRESS"] = "PENDING"


class TerminatedDuringJob(ServerFault):
    """5: someone cleans up while the job goes on."""

    fault: Literal["terminated-during-job"]
    after: Duration = 60.0


class InstanceGone(ServerFault):
    """12: the EC2 instance ends behind the service's back."""

    fault: Literal["instance-gone"]
    after: Duration = 60.0


class SlowPhase(ServerFault):
    """A phase takes so long instead."""

    fault: Literal["slow-phase"]
    phase: Literal["snapshot", "conversion", "launch"]
    takes: Duration


class PreviousSnapshot(ServerFault):
    """No new snapshot could be taken: the last one is used, so more is lost."""

    fault: Literal["previous-snapshot"]


class ActionFails(ServerFault):
    """A post-launch action fails, after the launch was reported as good."""

    fault: Literal["action-fails"]
    action: str = "*"
    reason: Annotated[str, sayable("LaunchActionRun", "failureReason")] = (
        "The command exited with status 1"
    )


class EventsLost(ServerFault):
    """17: the launch result is never announced."""

    fault: Literal["events-lost"]


class EventsLate(ServerFault):
    """17: the launch result is announced late."""

    fault: Literal["events-late"]
    by: Duration = 600.0


class EventsDuplicated(ServerFault):
    """17: the launch result is announced more than once."""

    fault: Literal["events-duplicated"]
    copies: Annotated[int, Field(ge=2, le=10, strict=True)] = 2


class Replication(Fault):
    """The data replication of servers is in this state for a time."""

    fault: Literal["replication"]
    server: Servers
    state: ReplicationState


class SnapshotsExpire(Fault):
    """14: at `from`, every snapshot that there is goes away at once."""

    fault: Literal["snapshots-expire"]
    server: Servers


class FailbackStarts(Fault):
    """18: at `from`, a failback client takes over the server's recovery instance."""

    fault: Literal["failback-starts"]
    server: Servers


class RecoveryPlanRuns(Fault):
    """6: a native recovery plan is at work on servers, from `from` until `until`."""

    fault: Literal["recovery-plan-runs"]
    server: Servers
    mode: Literal["DRILL", "RECOVERY"] = "DRILL"
