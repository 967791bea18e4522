"""What makes good again what an execution did, as the execution's own detail shows it.

Its steps stand behind those of the execution, marked, under ids that begin with `compensation:`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from breakwater.platform.http.errors import NotFound, Unavailable
from breakwater.timeline.statuses import UNWELL
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNote
from breakwater.workflows.engines.step_functions.compensation.standing import GONE
from breakwater.workflows.workflow_id import EngineName, WorkflowId

PLACE = "compensation"
_PREFIX = f"{PLACE}:"


class Notes(Protocol):
    """See compensation.note."""

    def of(self, execution_arns: Collection[str]) -> Mapping[str, CompensationNote]:
        """Those that there are."""


class Executions(Protocol):
    """Step Functions, asked."""

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """DescribeExecution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """A compensation, and how it stands."""

    note: CompensationNote
    started: Mapping[str, Any] | None
    """What DescribeExecution says of it; None: not started."""

    @property
    def wanted(self) -> WorkflowId | None:
        """The compensating execution as a workflow."""
        arn = self.note.started
        return WorkflowId(EngineName.STEP_FUNCTIONS, arn) if arn else None


class Undoings:
    """Compensations, looked up."""

    def __init__(self, notes: Notes, executions: Executions) -> None:
        self._notes = notes
        self._executions = executions

    def of(self, row: Mapping[str, Any]) -> Undoing | None:
        """Of this execution; None if it is not cancelled, or nothing is made good again."""
        arn = row["executionArn"]
        if row["status"] != "ABORTED":
            return None
        note = self._notes.of([arn]).get(arn)
        if note is None or note.redrives != int(row.get("redriveCount") or 0):
            return None
        return Undoing(note=note, started=self._started(note))

    def _started(self, note: CompensationNote) -> Mapping[str, Any] | None:
        if note.started is None:
            return None
        try:
            return self._executions.describe(note.started)
        except NotFound:
            return {"status": GONE}
        except Unavailable:
            return {"status": "UNKNOWN"}  # asked too much: another time


def failed_undone(steps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Where a compensation failed, of these steps at the top."""
    failed = (one for one in reversed(steps) if one.get(PLACE) and one["status"] in UNWELL)
    return next(failed, None)


def marked(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step of a compensation, and all that is in it."""
    told = {**step, "id": f"{_PREFIX}{step['id']}", PLACE: True}
    if step.get("lanes"):
        told["lanes"] = [marked_lane(lane) for lane in step["lanes"]]
    return told


def marked_lane(lane: Mapping[str, Any]) -> dict[str, Any]:
    """A branch or an iteration of such a step."""
    return {**lane, "steps": [marked(step) for step in lane.get("steps", ())]}


def inner_id(step_id: str | None) -> str | None:
    """The id within the compensation; None for what is none of its steps."""
    if step_id is None or not step_id.startswith(_PREFIX):
        return None
    return step_id.removeprefix(_PREFIX)
