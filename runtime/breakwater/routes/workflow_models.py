"""Workflows as the API tells them."""

from typing import Any

from pydantic import Field

from breakwater.platform.http.models import Model, Page


class WorkflowProgress(Model):
    """How far it is."""

    current_step: str | None = Field(description="null where nobody knows without reading more")
    completed: int | None
    total: int | None
    percent: int | None = Field(
        description="never 100 while it runs; null: nothing to compare with"
    )
    estimated: bool = Field(description="from earlier executions or the definition, not counted")


class WorkflowCapability(Model):
    """Whether an action is possible now."""

    possible: bool
    reason: str | None = Field(description="if not: why, and what would make it possible")


class WorkflowItem(Model):
    """A workflow, whatever runs it."""

    id: str
    type: str = Field(description="the agent's name; `recovery` for recovery runs")
    engine: str = Field(description="recovery, stepFunctions, custom")
    name: str | None
    status: str = Field(
        description="PENDING, RUNNING, PAUSED, CANCELLING, COMPLETED, FAILED, TIMED_OUT, "
        "CANCELLED; an engine's own word where it is none of these"
    )
    progress: WorkflowProgress
    started_at: str
    updated_at: str
    ended_at: str | None
    duration_seconds: float | None = Field(description="until now, while it runs")
    sla_target_seconds: float | None
    sla_status: str | None = Field(description="onTrack, atRisk (from 90 %), breached")
    is_slow: bool = Field(description="runs, and is not on track or slower than its own p95")
    priority: str | None
    triggered_by: str | None
    trigger_type: str | None
    tags: dict[str, str]
    error: str | None
    cause: str | None
    search: dict[str, Any] = Field(description="search attributes")
    state_machine_arn: str | None
    execution_arn: str | None
    is_drill: bool | None = Field(description="of a recovery run")
    capabilities: dict[str, WorkflowCapability] = Field(
        description="pause, resume, cancel, retry, clone, export"
    )


class WorkflowCounts(Model):
    """How many there are."""

    as_of: str
    active: int
    pending: int
    slow: int
    at_least: bool = Field(description="more are open than were counted")
    day: str = Field(description="in UTC: what today means")
    completed_today: int
    failed_today: int
    with_target_today: int
    sla_compliance_percent_today: float | None
    today_as_of: str | None = Field(description="when the day's figures were last written")


class WorkflowPageModel(Page[WorkflowItem]):
    """A page of workflows, the newest first."""

    counts: WorkflowCounts | None = Field(description="with the first page only")


class StepAttempt(Model):
    """One try of a step."""

    number: int
    maximum: int | None
    status: str
    resource: str | None
    scheduled_at: str | None
    started_at: str | None
    ended_at: str | None
    duration_seconds: float | None
    backoff_seconds: float | None
    waits_for_answer: bool
    error: str | None
    cause: str | None
    request_id: str | None
    execution_arn: str | None = Field(description="of the execution that it started")


class LaneCounts(Model):
    """Branches or iterations of the newest round."""

    total: int
    started: int
    running: int
    succeeded: int
    failed: int
    aborted: int


class WorkflowLane(Model):
    """A branch or an iteration of a step: steps one after the other."""

    id: str
    index: int
    round: int
    status: str
    started_at: str | None
    ended_at: str | None
    duration_seconds: float | None
    step_count: int
    steps: list["WorkflowStep"]
    steps_cursor: str | None = Field(
        description="the rest: steps?within=<step>&lane=<this id>&cursor=<this>"
    )


class WorkflowStep(Model):
    """One visit of a step."""

    id: str = Field(description="names this visit: its payloads and logs are found by it")
    name: str
    type: str
    path: str | None
    occurrence: int
    segment: int = Field(description="0: the original attempt; else the n-th redrive")
    status: str = Field(
        description="pending, running, succeeded, caught, failed, timedOut, aborted, unknown"
    )
    started_at: str | None
    ended_at: str | None
    duration_seconds: float | None
    p50_seconds: float | None = Field(description="of earlier visits that succeeded")
    p95_seconds: float | None
    samples: int
    is_slow: bool = Field(description="slower than its own p95, from 20 samples")
    attempt_count: int
    attempts: list[StepAttempt] = Field(description="the last fifty")
    error: str | None
    cause: str | None
    compensation: bool = Field(description="it makes good again what others did")
    lane_count: int
    counts: LaneCounts | None
    lanes: list[WorkflowLane] = Field(description="as many as there was room for")
    lanes_cursor: str | None = Field(description="the rest: steps?within=<this id>&cursor=<this>")


class WorkflowSteps(Model):
    """A part of the tree of steps."""

    steps: list[WorkflowStep]
    lanes: list[WorkflowLane]
    next_cursor: str | None
    total: int | None = Field(description="at this place; null while only a beginning was read")


class WorkflowStepDetails(Model):
    """One step with its payloads; task tokens are never in them."""

    step: WorkflowStep
    input: str | None = Field(description="JSON as text")
    output: str | None
    parameters: list[str | None] = Field(description="of each attempt")
    details: dict[str, Any] | None = Field(
        default=None, description="of a recovery run: the wave, server or compensation"
    )


class LogLine(Model):
    """A line of a log."""

    at: str | None
    message: str | None


class WorkflowStepLogs(Model):
    """What was logged in a step."""

    items: list[LogLine]
    partial: bool = Field(description="there are more lines than these")
    reason: str | None = Field(description="why there is nothing")
    function_name: str | None = None
    request_id: str | None = None
    attempt: int | None = None
    log_group: str | None = None


class WorkflowSegment(Model):
    """The original attempt, or one redrive."""

    number: int
    status: str
    started_at: str | None
    ended_at: str | None
    error: str | None
    cause: str | None
    failed_step_id: str | None
    step_count: int | None


class DefinedState(Model):
    """A state of a definition."""

    name: str
    type: str
    within: str | None


class WorkflowDefinition(Model):
    """What it follows."""

    name: str
    version: str | None
    alias: str | None
    revision_id: str | None
    start_at: str | None
    state_count: int
    states: list[DefinedState] = Field(description="the first five hundred")
    sla_target_seconds: float | None


class WorkflowFailure(Model):
    """Why it did not complete."""

    status: str
    error: str | None
    cause: str | None
    message: str = Field(description="one sentence")
    step_id: str | None
    step_name: str | None
    step_path: str | None = None
    means: str | None = None
    advice: str | None = None
    function_error: dict[str, Any] | None = None
    levels: list[dict[str, Any]] = Field(default=[], description="down through nested executions")
    fingerprint: str | None = None


class WorkflowStale(Model):
    """Something could not be asked now."""

    reason: str
    as_of: str = Field(description="how old what is told is")
    retry_after_seconds: int


class WorkflowDetail(Model):
    """A workflow with the first of its steps."""

    workflow: WorkflowItem
    definition: WorkflowDefinition | None
    segments: list[WorkflowSegment]
    steps: WorkflowSteps
    failure: WorkflowFailure | None
    metadata: dict[str, Any]
    stale: WorkflowStale | None


class WorkflowEvents(Model):
    """What happened, as whoever runs it numbers and names it."""

    events: list[dict[str, Any]] = Field(description="raw, redacted: never a task token")
    next_after: int | None = Field(description="`after` for the next page")
    total: int | None = Field(description="null while only a beginning was read")
    reason: str | None = Field(description="why there is nothing")
    stale: WorkflowStale | None


class IndexHealth(Model):
    """Is the execution index well?"""

    well: bool
    problems: list[str] = Field(description="each says what to do")
    record: dict[str, Any] = Field(description="as its functions noted it")
