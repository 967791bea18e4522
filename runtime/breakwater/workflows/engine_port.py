"""What an engine must be able to do so that its workflows are listed, shown and acted on.

The port knows nothing of Step Functions: a scheduler or a workflow server elsewhere fits in by an
adapter of its own. An adapter answers from what it can read; what it cannot do it says with a
reason, as a capability, and never by an exception of its own making.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from breakwater.platform.http.identity import Identity
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFilter:
    """Which workflows are wanted; nothing set wants all."""

    statuses: frozenset[str] = frozenset()
    type: str | None = None
    started_from: datetime | None = None
    started_until: datetime | None = None
    ended_from: datetime | None = None
    ended_until: datetime | None = None
    name_prefix: str | None = None
    search: Mapping[str, str | float | bool] | None = None
    triggered_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page, newest first."""

    workflows: Sequence[Workflow]
    next_cursor: str | None
    partial: bool = False
    """More was looked through than a page may cost: go on with the cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One workflow whole, but for its steps."""

    workflow: Workflow
    definition: Mapping[str, Any]
    """Name, version, states, target."""

    segments: Sequence[Mapping[str, Any]]
    """The original attempt and each redrive, without their steps."""

    failure: Mapping[str, Any] | None
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsAsked:
    """Which part of the tree of steps: what lies below a path, from a position."""

    path: str = ""
    """As the timeline writes it: `Fan out[0]/Deploy`; the top if empty."""

    cursor: str | None = None
    limit: int = 50
    with_payloads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What came of an action."""

    status: str
    """`accepted`, or `done`."""

    new_status: str
    message: str
    workflow_id: WorkflowId
    """Of the workflow that it is about from now on: a retry may have made a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAsked:
    """An action, as somebody asked for it."""

    action: Action
    by: Identity
    reason: str
    at: datetime
    options: Mapping[str, Any]
    """What belongs to this action alone: `fromStep`, `input`, `output`, `typedName`, `cleanup`."""


class WorkflowEngine(Protocol):
    """Runs workflows."""

    name: EngineName

    def list(self, wanted: WorkflowFilter, limit: int, cursor: str | None) -> Listed:
        """A page of what there is."""

    def describe(self, wanted: WorkflowId) -> Described:
        """One of them; NotFound or Gone if it is not there."""

    def steps(self, wanted: WorkflowId, asked: StepsAsked) -> Mapping[str, Any]:
        """Steps, as the timeline writes them in JSON, with a cursor for more."""

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now and, if not, why."""

    def act(self, wanted: WorkflowId, asked: ActionAsked) -> Acted:
        """Do it; Conflict with the reason in words where it is not possible."""
