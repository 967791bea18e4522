"""What a report consists of. Every duration is told twice: as the run's clock and the wall's.

On AWS both are the same. On the embedded AWS a run's minutes pass faster than the wall clock's, and
objectives are meant in the run's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from breakwater.recovery.engine.status import JobStatus, ServerStatus, StepStatus, WaveStatus
from breakwater.recovery.failure_policy import PolicyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """How long something took."""

    seconds: float
    """The run's: what objectives are compared with."""

    wall_seconds: float


class Severity(StrEnum):
    """How much somebody should care."""

    FAILURE = "failure"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryTime:
    """Against the recovery time objective."""

    objective_minutes: int | None
    elapsed: Duration
    """From the request to the end, or until now."""

    measured: Duration | None
    """The recovery time; None where the run did not complete, because nothing was recovered."""

    paused: Duration
    without_pauses: Duration | None
    met: bool | None
    """None: there is no objective, the run was cancelled, or it is too early to say."""

    met_without_pauses: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPoint:
    """Against the recovery point objective: the data's age when the recovery was asked for."""

    objective_minutes: int | None
    worst: Duration | None
    worst_server: str | None
    measured_servers: int
    unknown_servers: int
    """They launched, and DRS did not say from which point in time."""

    previous_snapshots: int
    met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveReport:
    """A wave."""

    index: int
    name: str
    depends_on: tuple[str, ...]
    pause_before: bool
    policy: PolicyKind
    percent: int
    timeout_minutes: int
    status: WaveStatus
    reason: str | None
    cause: str | None
    taken_over: bool
    on_critical_path: bool
    held_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    waited_for_person: Duration | None
    recovery_time: Duration | None
    """From its start to its end; None: it did not complete, or not in this run."""

    reached_after: Duration | None
    """From the run's start to the wave's end, if it completed in this run."""

    servers: int
    servers_launched: int
    servers_failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """An event of DRS's job log about a server."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReport:
    """A server."""

    wave: str
    name: str
    server_id: str
    account_id: str
    region: str
    critical: bool
    status: ServerStatus
    cause: str | None
    taken_over: bool
    job_id: str | None
    launch_status: str | None
    recovery_instance_id: str | None
    instance_state: str | None
    actions: str | None
    tagged: bool
    started_at: datetime | None
    launched_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    terminated_at: datetime | None
    recovery_time: Duration | None
    """From the run's start until EC2 ran it."""

    launch_time: Duration | None
    """From its own start until EC2 ran it."""

    point_in_time: datetime | None
    recovery_point: Duration | None
    """The run's start minus the point in time; 0 where that is later than the start."""

    recovery_point_met: bool | None
    previous_snapshot: bool
    phases: tuple[Phase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """A job of DRS's, or one that was meant to be."""

    wave: str
    number: int
    job_id: str | None
    status: JobStatus
    account_id: str
    region: str
    servers: int
    waiting_for: str | None
    refusals: int
    intent_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    queued: Duration | None
    """From the wave's start until DRS was asked."""

    duration: Duration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationReport:
    """A step of a cleanup."""

    round: int
    number: int
    name: str
    wave: str
    status: StepStatus
    job_id: str | None
    instances: Mapping[str, str]
    tries: int
    cause: str | None
    started_at: datetime | None
    ended_at: datetime | None


class TimeKind(StrEnum):
    """Where time goes."""

    LAUNCH = "launch"
    """DRS and EC2 worked."""

    ACTIONS = "actions"
    """Post-launch actions ran."""

    PERSON = "person"
    """It waited for a person."""

    QUEUE = "queue"
    """It waited for a place under DRS's limits."""

    ENGINE = "engine"
    """Breakwater began, noticed and went on."""

    CLEANUP = "cleanup"
    """What was launched was terminated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the critical path, without gaps to the next."""

    kind: TimeKind
    wave: str | None
    server: str | None
    started_at: datetime
    ended_at: datetime
    duration: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalPath:
    """The chain of waves and servers that decided how long it took."""

    waves: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    totals: Mapping[str, Duration]
    """By kind of time; together they are `total`."""

    total: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided, and why."""

    at: datetime | None
    by: str
    action: str
    reason: str | None
    details: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Something that did not go as the plan says, or that an auditor asks about."""

    kind: str
    severity: Severity
    wave: str | None
    servers: tuple[str, ...]
    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened."""

    at: datetime
    what: str
    """run, wave, server, job, person or cleanup."""

    kind: str
    wave: str | None
    subject: str
    text: str
    severity: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPlan:
    """The plan and the groups as they were when the run began."""

    frozen_at: str | None
    plan: Mapping[str, Any]
    groups: tuple[Mapping[str, Any], ...]
