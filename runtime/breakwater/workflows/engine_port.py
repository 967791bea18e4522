"""What an engine must be able to do so that its workflows are listed, shown and acted on.

The port knows nothing of Step Functions: a scheduler or a workflow server elsewhere fits in by an
adapter of its own (docs/decisions/0053). It is listed by a `Source`, of its own or of the index.
An adapter answers from what it can read; what it cannot do it says with a reason, as a capability.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from breakwater.platform.http.identity import Identity
from breakwater.workflows.exporting import Exported, ExportFormat
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFilter:
    """Which workflows are wanted; nothing set wants all."""

    statuses: frozenset[str] = frozenset()
    slow_only: bool = False
    type: str | None = None
    started_from: datetime | None = None
    started_until: datetime | None = None
    ended_from: datetime | None = None
    ended_until: datetime | None = None
    """The answer is then in the order of the ends."""

    name_prefix: str | None = None
    search: Mapping[str, str | float | bool] | None = None
    triggered_by: str | None = None
    error: str | None = None
    target_missed: bool | None = None
    """Those that missed their target, or those that met it."""

    said: Mapping[str, str] = field(default_factory=dict)
    """The same as it was asked: what a cursor is good for. A time ago moves, its words do not."""


Place = Sequence[str]
"""Where something stands in its source: what a cursor is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a source has found, before it is a workflow."""

    source: str
    sort: str
    """Time of the start (or of the end, where that is asked for): the order of the list."""

    place: Place
    about: Any
    """What the source alone understands: a row, a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some candidates, the newest first."""

    found: Sequence[Candidate]
    after: Place | None
    """Where to go on; None at the end."""

    read: int
    """How many items were read for it."""


class Source(Protocol):
    """A list of workflows, in the order of the list: an index, a table, a server elsewhere."""

    name: str

    def read(self, after: Place | None, size: int) -> Batch:
        """What follows this place; BadRequest if it is none of this source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One workflow whole, but for the greater part of its steps."""

    workflow: Workflow
    definition: Mapping[str, Any] | None
    """Name, version, states, target; None where it cannot be read now."""

    segments: Sequence[Mapping[str, Any]]
    """The original attempt and each redrive, without their steps."""

    steps: "StepPage"
    """The first of them."""

    failure: Mapping[str, Any] | None
    metadata: Mapping[str, Any]
    stale: "Stale | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """Something could not be asked now: what is told is as old as this."""

    reason: str
    as_of: str
    """When what is told was last seen to be so."""

    retry_after_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsAsked:
    """Which part of the tree of steps."""

    within: str | None = None
    """The id of a step: its branches or iterations. None: the steps at the top."""

    lane: str | None = None
    """Of `within`: the steps of this branch or iteration, as its `id` says."""

    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """A part of the tree: steps, or the lanes of a step, in the order in which they began."""

    steps: Sequence[Mapping[str, Any]] = ()
    lanes: Sequence[Mapping[str, Any]] = ()
    next_cursor: str | None = None
    total: int | None = None
    """How many there are at this place; None while only the beginning has been read."""


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
    """What belongs to this action alone: `fromStep`, `input`, `name`, `digest`, `planName`,
    `cleanup`, `compensate`, `waves`. What an action does not know it passes over.
    """

    request: str | None = None
    """The same where the same request is sent again, another for any other; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsAsked:
    """Which part of what happened."""

    after: int = 0
    """Events with a higher id."""

    payloads: bool = True
    """With input and output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Events as whoever runs it numbers and names them, redacted."""

    events: Sequence[Mapping[str, Any]] = ()
    next_after: int | None = None
    """Where to go on; None at the end, as it is now."""

    total: int | None = None
    """How many there are; None while only the beginning has been read."""

    reason: str | None = None
    """Why there are none."""

    stale: Stale | None = None


class WorkflowEngine(Protocol):
    """Runs workflows."""

    name: EngineName

    def describe(self, wanted: WorkflowId) -> Described:
        """One of them; NotFound or Gone if it is not there."""

    def steps(self, wanted: WorkflowId, asked: StepsAsked) -> StepPage:
        """A part of its steps."""

    def step(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """One step with its payloads, redacted."""

    def logs(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """What was logged in a step, redacted; a reason where there is nothing."""

    def events(self, wanted: WorkflowId, asked: EventsAsked) -> EventPage:
        """What happened, raw; a reason where no events are kept."""

    def export(self, wanted: WorkflowId, form: ExportFormat, *, payloads: bool) -> Exported:
        """The whole of it as a file, redacted; Conflict for a form that it cannot have."""

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now and, if not, why. Asks nobody: lists need it."""


class ActingEngine(Protocol):
    """An engine through which people act. Asked by a function of its own: looking needs no rights
    to change anything.
    """

    name: EngineName

    def current(self, wanted: WorkflowId) -> Workflow:
        """As it is at this moment, by whoever runs it; NotFound or Gone if it is not there."""

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now and, if not, why."""

    def act(self, wanted: WorkflowId, asked: ActionAsked) -> Acted:
        """Do it, and write it down; Conflict with the reason in words where it is not possible."""

    def preview(self, wanted: WorkflowId, action: Action, by: Identity) -> Mapping[str, Any]:
        """What the action would do; changes nothing."""
