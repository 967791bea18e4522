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

    def to_json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "currentStep": self.current_step,
            "completed": self.completed,
            "total": self.total,
            "percent": self.percent,
            "estimated": self.estimated,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One line of the list. Times are ISO-8601, UTC, with milliseconds."""

    id: WorkflowId
    type: str
    """The agent's name (of recovery runs: `recovery`), or what a custom workflow calls its type."""

    status: str
    started_at: str
    updated_at: str
    ended_at: str | None = None
    name: str | None = None
    """What people call this one: the execution's name, the plan's, a custom workflow's own."""

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
    is_drill: bool | None = None
    """Of a recovery run: False is a real recovery."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the engine's own rules need to know besides; told to nobody."""

    capabilities: Mapping[Action, Capability] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "id": str(self.id),
            "type": self.type,
            "engine": self.id.engine.value,
            "name": self.name,
            "status": self.status,
            "progress": self.progress.to_json(),
            "startedAt": self.started_at,
            "updatedAt": self.updated_at,
            "endedAt": self.ended_at,
            "durationSeconds": self.duration_seconds,
            "slaTargetSeconds": self.sla_target_seconds,
            "slaStatus": self.sla_status.value if self.sla_status else None,
            "isSlow": self.is_slow,
            "priority": self.priority,
            "triggeredBy": self.triggered_by,
            "triggerType": self.trigger_type,
            "tags": dict(self.tags),
            "error": self.error,
            "cause": self.cause,
            "search": dict(self.search),
            "stateMachineArn": self.state_machine_arn,
            "executionArn": self.execution_arn,
            "isDrill": self.is_drill,
            "capabilities": {
                action.value: {"possible": one.possible, "reason": one.reason}
                for action, one in self.capabilities.items()
            },
        }
