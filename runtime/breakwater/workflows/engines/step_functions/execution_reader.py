"""What of an execution is read for its detail: its row, its definition, as much of its history as
is needed, and where it is now.

Throttled by AWS, what is known is told, with its age.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from breakwater.index.pager import Pager
from breakwater.index.row import shown
from breakwater.platform.http.errors import NotFound, Unavailable
from breakwater.timeline.reader import Events, UsedDefinition
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Step
from breakwater.timeline.timeline import Timeline, reconstruct
from breakwater.timeline.token_learning import hands_out_tokens, redaction_of
from breakwater.workflows.engine_port import Stale
from breakwater.workflows.engines.step_functions import step_tree
from breakwater.workflows.engines.step_functions.detail_parts import (
    gone,
    stale_since,
)
from breakwater.workflows.engines.step_functions.execution_workflow import (
    row_of_description,
)
from breakwater.workflows.engines.step_functions.growing_timelines import (
    GrowingTimelines,
    Grown,
)
from breakwater.workflows.workflow_id import WorkflowId

FIRST_PAGE = 50
_CALLBACK = "waitForTaskToken"
Row = Mapping[str, Any]


class Executions(Protocol):
    """Step Functions; see timeline.reader."""

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """DescribeExecution."""

    def definition(self, execution_arn: str) -> UsedDefinition:
        """As this execution used it."""

    def newest(self, execution_arn: str) -> Events:
        """The last thousand events."""


class ExecutionReader:
    """Reads."""

    def __init__(
        self, *, pager: Pager, executions: Executions, timelines: GrowingTimelines
    ) -> None:
        self._pager = pager
        self._executions = executions
        self._timelines = timelines

    def definition_text(self, wanted: WorkflowId) -> str | None:
        """The definition that it used; None where that cannot be had."""
        try:
            return self._executions.definition(wanted.name).text
        except (NotFound, Unavailable):
            return None  # it adds to the export; without it there is one all the same

    def row(self, wanted: WorkflowId) -> Row:
        """As the index has it; what it does not have (yet), Step Functions is asked for."""
        row = self._pager.get(wanted.name)
        if row is not None and "status" in row:
            return row
        return shown(row_of_description(self._executions.describe(wanted.name)))

    def read(
        self, wanted: WorkflowId, row: Row
    ) -> tuple[UsedDefinition | None, Grown | None, Stale | None]:
        """What AWS tells now; where it does not, what was read before, and how old that is."""
        stale = None
        try:
            used = self._executions.definition(wanted.name)
        except NotFound:
            used = None  # the machine is gone; its executions may be known all the same
        except Unavailable as busy:
            used, stale = None, stale_since(busy, row, None)
        try:
            grown = self.grown(
                wanted,
                row,
                lambda timeline: len(step_tree.top_steps(timeline)) > FIRST_PAGE,
                definition=used.text if used else None,
            )
        except Unavailable as busy:
            known = self.known(wanted)
            if known is not None and hands_out_tokens(known.timeline):
                known = self.known(wanted, payloads=True)  # or nothing: a cause may quote a token
            return used, known, stale_since(busy, row, known)
        return used, grown, stale

    def grown(
        self,
        wanted: WorkflowId,
        row: Row,
        enough: Callable[[Timeline], bool],
        *,
        definition: str | None = None,
        payloads: bool = False,
    ) -> Grown:
        """The history as far as needed; of one that was redriven, all: its attempts are at its end.

        Where a task waits for its token, payloads are read as well: tokens are learned from them,
        so that no cause that quotes one gives it away.
        """
        redrives = int(row.get("redriveCount") or 0)

        def read(*, payloads: bool) -> Grown:
            return self._timelines.read(
                wanted.name,
                enough=(lambda _timeline: False) if redrives else enough,
                redrives=redrives,
                definition=definition,
                payloads=payloads,
            )

        try:
            grown = read(payloads=payloads)
            if not payloads and hands_out_tokens(grown.timeline):
                grown = read(payloads=True)
        except NotFound as absent:
            raise gone(wanted, row) from absent
        return grown

    def known(self, wanted: WorkflowId, *, payloads: bool = False) -> Grown | None:
        """What was read before; nobody is asked."""
        return self._timelines.known(wanted.name, payloads=payloads)

    def with_payloads(self, wanted: WorkflowId, row: Row, step_id: str) -> tuple[Timeline, Step]:
        """The history up to the end of a step."""
        if not step_id.isdecimal():
            raise no_step(wanted, step_id)

        def enough(timeline: Timeline) -> bool:
            step = step_tree.find_step(timeline, step_id)
            reached = bool(timeline.events) and int(timeline.events[-1]["id"]) > int(step_id)
            return reached and (step is None or step.exited is not None)

        timeline = self.grown(wanted, row, enough, payloads=True).timeline
        return timeline, found_step(step_tree.find_step(timeline, step_id), wanted, step_id)

    def last_part(
        self, wanted: WorkflowId, row: Row, grown: Grown | None, stale: Stale | None
    ) -> tuple[Timeline | None, Stale | None]:
        """Where it is now, or how it ended: at the end of a long history, one call away. Where that
        cannot be had it is not known, and never taken from its beginning.
        """
        if grown is not None and grown.is_whole:
            return grown.timeline, stale
        if grown is None or stale is not None:
            return None, stale
        try:
            events = self._executions.newest(wanted.name)
        except Unavailable as busy:
            return None, stale_since(busy, row, grown)
        return reconstruct(events, grown.timeline.definition), None

    def redaction(
        self,
        wanted: WorkflowId,
        row: Row,
        grown: Grown | None,
        last: Timeline | None,
        used: UsedDefinition | None,
    ) -> Redaction:
        """What takes its task tokens out of how it ended, too. Raises Unavailable.

        Costs nothing but for a long history that failed, of a machine that hands out tokens: its
        cause may quote any of them, so all of it is read.
        """
        asks = used is None or _CALLBACK in used.text
        is_part = grown is not None and last is not None and last is not grown.timeline
        if asks and is_part and last is not None and last.failure is not None:
            grown = self.grown(wanted, row, lambda _timeline: False, payloads=True)
        return redaction_known(grown)


def redaction_known(grown: Grown | None) -> Redaction:
    """By the tokens of what was read; of nothing, by what looks like one."""
    return redaction_of(grown.timeline) if grown is not None else Redaction()


def found_step(step: Step | None, wanted: WorkflowId, step_id: str) -> Step:
    """It; NotFound if there is none."""
    if step is None:
        raise no_step(wanted, step_id)
    return step


def no_step(wanted: WorkflowId, step_id: str) -> NotFound:
    """The execution has none of that id."""
    return NotFound(f"{wanted} has no step {step_id[:80]!r}: GET /workflows/{wanted}/steps.")
