"""A workflow as the list shows it: one shape for all engines. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from breakwater.workflows.workflow_id import WorkflowId


class SlaStatus(StrEnum):
    """How a workflow stands against its target."""

    ON_TRACK = "onTrack"
    AT_RISK = "atRisk"
    BREACHED = "breached"


class Action(StrEnum):
    """What people may want of a workflow."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY = "retry"
    CLONE = "clone"
    EXPORT = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Whether an action is possible now."""

    possible: bool
    reason: str | None = None
    """If not: why, in words that say what would make it possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is."""

    current_step: str | None = None
    completed: int | None = None
    total: int | None = None
    percent: int | None = None
    """Never 100 while it runs; None where nothing is known to compare with."""

    estimated: bool = True
    """Derived from earlier executions or from the definition, not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One line of the list. Times are ISO-8601, UTC, with milliseconds."""

    id: WorkflowId
    type: str
    """The agent's name, the plan's name, or what a custom workflow calls its type."""

    status: str
    started_at: str
    updated_at: str
    ended_at: str | None = None
    name: str | None = None
    progress: Progress = field(default_factory=Progress)
    duration_seconds: float | None = None
    sla_target_seconds: float | None = None
    sla_status: SlaStatus | None = None
    """None: it has no target."""

    is_slow: bool = False
    """Running, and not on track or slower than its own p95."""

    priority: str | None = None
    triggered_by: str | None = None
    trigger_type: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    cause: str | None = None
    search: Mapping[str, Any] = field(default_factory=dict)
    state_machine_arn: str | None = None
    execution_arn: str | None = None
    capabilities: Mapping[Action, Capability] = field(default_factory=dict)
