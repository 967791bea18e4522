"""Recovery runs as the API tells them."""

from pydantic import Field

from breakwater.platform.http.models import Model
from breakwater.recovery.engine.status import (
    JobStatus,
    RunStatus,
    ServerStatus,
    StepStatus,
    WaveStatus,
)


class Decision(Model):
    """What a person asked for."""

    by: str
    at: str
    reason: str
    cleanup: bool
    waves: list[str]


class RunSummary(Model):
    """A recovery run. Times are wall time; seconds and minutes are the run's own."""

    execution_id: str
    plan_id: str
    plan_name: str
    is_drill: bool
    status: RunStatus
    requested_by: str
    reason: str | None
    retry_of: str | None
    retried_by: str | None
    started_at: str = Field(description="when it was asked for: recovery time counts from here")
    begun_at: str | None
    ended_at: str | None
    polled_at: str | None = Field(description="when the engine last looked at it")
    elapsed_seconds: float
    paused_seconds: float
    rto_minutes: int | None
    rpo_minutes: int | None
    rto_at_risk: bool
    rto_missed: bool
    time_scale: int = Field(description="how much faster its minutes pass; 1 on AWS")
    wave_count: int
    waves_ended: int
    server_count: int
    servers_launched: int
    servers_failed: int
    cause: str | None = Field(description="why it did not complete")
    attention: list[str] = Field(description="what keeps it from going on right now")
    pause_requested: Decision | None
    cancel_requested: Decision | None
    paused_since: str | None
    pause_ends_at: str | None = Field(description="when it is ended if nobody resumes it")
    cleaning: Decision | None
    cleanup_incomplete: bool
    state_machine_execution_arn: str | None


class RunServer(Model):
    """A server of a run."""

    source_server_id: str
    account_id: str
    region: str
    name: str
    critical: bool
    status: ServerStatus
    launch_status: str | None = Field(description="as DRS says it")
    job_id: str | None
    recovery_instance_id: str | None
    instance_state: str | None = Field(description="as EC2 says it")
    cause: str | None
    started_at: str | None
    launched_at: str | None
    confirmed_at: str | None = Field(description="when it was seen to run")
    ended_at: str | None = Field(description="when it was settled, either way")
    terminated_at: str | None
    point_in_time: str | None = Field(description="of the data that it runs on")
    previous_snapshot: bool
    phases: dict[str, str] = Field(description="job log event → when")
    taken_over: bool
    tagged: bool


class RunWave(Model):
    """A wave of a run."""

    name: str
    depends_on: list[str]
    pause_before: bool
    timeout_minutes: int
    status: WaveStatus
    reason: str | None = Field(description="for programs: timedOut, policyNotMet, ...")
    cause: str | None
    released: bool
    taken_over: bool
    held_at: str | None
    started_at: str | None
    ended_at: str | None
    seconds: float | None
    expected_seconds: float | None
    server_count: int
    servers_launched: int
    servers_failed: int
    servers: list[RunServer]


class RunJob(Model):
    """A job of DRS's, asked for or waiting to be."""

    wave: str
    account_id: str
    region: str
    server_count: int
    status: JobStatus
    job_id: str | None
    waiting_for: str | None
    started_at: str | None
    ended_at: str | None


class RunStep(Model):
    """A step of compensation."""

    name: str
    round: int = Field(description="0: of the cancellation; else the n-th cleanup")
    account_id: str
    region: str
    instances: list[str]
    status: StepStatus
    job_id: str | None
    cause: str | None
    started_at: str | None
    ended_at: str | None


class RunDetails(RunSummary):
    """A run with everything in it."""

    waves: list[RunWave]
    jobs: list[RunJob]
    compensation: list[RunStep]


class ActionDone(Model):
    """What an action did."""

    execution_id: str
    status: RunStatus
    message: str
    takes_effect_within_seconds: int


class Doomed(Model):
    """An instance that a cleanup would terminate."""

    recovery_instance_id: str
    source_server_id: str
    wave: str
    account_id: str
    region: str
    job_id: str
    state: str


class CleanupPreview(Model):
    """Everything that a cleanup would terminate, and nothing else."""

    items: list[Doomed]
