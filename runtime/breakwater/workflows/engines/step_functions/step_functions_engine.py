"""Step Functions behind the port: the row of the index says how an execution stands, its history
what happened in it.

Throttled by AWS, it tells what the row and what was read before say, with its age.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from breakwater.index.pager import Pager
from breakwater.index.row import shown
from breakwater.platform.http.errors import Gone, NotFound, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.timeline.reader import Events, UsedDefinition
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Step
from breakwater.timeline.timeline import Timeline, reconstruct
from breakwater.timeline.token_learning import redaction_of
from breakwater.workflows.engine_port import Described, Stale, StepPage, StepsAsked
from breakwater.workflows.engines.step_functions import step_tree
from breakwater.workflows.engines.step_functions.capabilities import execution_capabilities
from breakwater.workflows.engines.step_functions.compensation.standing import (
    compensation_told,
    with_compensation,
)
from breakwater.workflows.engines.step_functions.compensation.undoings import (
    PLACE,
    Undoing,
    Undoings,
    inner_id,
    marked,
    marked_lane,
)
from breakwater.workflows.engines.step_functions.definition_told import (
    definition_of,
    definition_told,
    expected_steps,
)
from breakwater.workflows.engines.step_functions.detail_parts import (
    failure_told,
    gone,
    held_at_gate,
    metadata_told,
    newer,
    progress_told,
    segments_told,
    stale_since,
)
from breakwater.workflows.engines.step_functions.execution_workflow import (
    execution_workflow,
    row_of_description,
)
from breakwater.workflows.engines.step_functions.function_logs import FunctionLogs, call_of
from breakwater.workflows.engines.step_functions.growing_timelines import (
    GrowingTimelines,
    Grown,
)
from breakwater.workflows.engines.step_functions.timeline_export import timeline_exported
from breakwater.workflows.exporting import Exported, ExportFormat
from breakwater.workflows.listing.resolving import Notes
from breakwater.workflows.profiles import Profile, Profiles
from breakwater.workflows.step_pages import ATTEMPTS_SHOWN, start_of, usual_whole
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import PAUSED

FIRST_PAGE = 50
Row = Mapping[str, Any]


class Executions(Protocol):
    """Step Functions; see timeline.reader."""

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """DescribeExecution."""

    def definition(self, execution_arn: str) -> UsedDefinition:
        """As this execution used it."""

    def newest(self, execution_arn: str) -> Events:
        """The last thousand events."""


class StepFunctionsEngine:
    """Any execution of a standard state machine."""

    name = EngineName.STEP_FUNCTIONS

    def __init__(
        self,
        *,
        pager: Pager,
        executions: Executions,
        timelines: GrowingTimelines,
        notes: Notes,
        profiles: Profiles,
        logs: FunctionLogs,
        undoings: Undoings,
        clock: Callable[[], datetime],
    ) -> None:
        self._pager = pager
        self._executions = executions
        self._timelines = timelines
        self._notes = notes
        self._profiles = profiles
        self._logs = logs
        self._undoings = undoings
        self._clock = clock

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now and, if not, why."""
        return execution_capabilities(workflow, by)

    def describe(self, wanted: WorkflowId) -> Described:
        """The execution whole, with the first of its steps."""
        row = self._row(wanted)
        used, grown, stale = self._read(wanted, row)
        row = newer(row, grown)
        machine = row["stateMachineArn"]
        profile = self._profiles.of([machine]).get(machine)
        tags = self._notes.tags([machine]).get(machine, {})
        workflow = execution_workflow(row, tags=tags, profile=profile, now=self._clock())
        definition = definition_of(used.text if used else None)
        redaction = self._redaction(grown)
        last = self._last_part(wanted, grown, stale)
        undoing = self._undoings.of(row)
        if undoing is not None:
            redrives, note = int(row.get("redriveCount") or 0), undoing.note
            workflow = with_compensation(workflow, redrives, note, undoing.started)
        if held_at_gate(workflow, last, definition):
            workflow = replace(workflow, status=PAUSED)
        if grown is not None:
            told = progress_told(workflow, grown, last, profile, expected_steps(definition))
            workflow = replace(workflow, progress=told)
        target = workflow.sla_target_seconds
        revision = used.revision_id if used else None
        return Described(
            workflow=workflow,
            definition=definition_told(definition, row, revision=revision, target=target),
            segments=segments_told(row, grown, redaction),
            steps=self._and_undone(self._first_steps(wanted, grown, redaction, profile), undoing),
            failure=failure_told(last, redaction),
            metadata={
                **metadata_told(row, used),
                "usual": usual_whole(profile),
                "compensation": (
                    compensation_told(undoing.note, undoing.started) if undoing else None
                ),
            },
            stale=stale,
        )

    def steps(self, wanted: WorkflowId, asked: StepsAsked) -> StepPage:
        """Steps at the top, lanes of a step, or steps of a lane; of a compensation likewise."""
        within = asked.within
        if within == PLACE or inner_id(within) is not None:
            return self._steps_undone(self._undone(wanted), replace(asked, within=inner_id(within)))
        row, start = self._row(wanted), start_of(wanted, asked)
        last = start + asked.limit
        grown = self._grown(wanted, row, lambda timeline: _holds(timeline, asked, last))
        machine = row["stateMachineArn"]
        profile = self._profiles.of([machine]).get(machine)
        tree = step_tree.StepTree(wanted, self._redaction(grown), profile, whole=grown.is_whole)
        timeline = grown.timeline
        if asked.within is None:
            return tree.steps(step_tree.top_steps(timeline), start, asked.limit)
        step = _found(step_tree.find_step(timeline, asked.within), wanted, asked.within)
        if asked.lane is None:
            return tree.lanes(step, start, asked.limit)
        lane = step_tree.find_lane(step, asked.lane)
        if lane is None:
            raise NotFound(f"The step {asked.within} has no branch or iteration {asked.lane}.")
        within, name = asked.within, asked.lane
        return tree.steps(lane.steps, start, asked.limit, within=within, lane=name)

    def step(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """One step with its payloads. Reads the history up to there, once while this is warm."""
        inner = inner_id(step_id)
        if inner is not None:
            told = self.step(self._undone(wanted), inner)
            return {**told, "step": marked(told["step"])}
        row = self._row(wanted)
        timeline, step = self._with_payloads(wanted, row, step_id)
        redaction = redaction_of(timeline)
        machine = row["stateMachineArn"]
        profile = self._profiles.of([machine]).get(machine)
        tree = step_tree.StepTree(wanted, redaction, profile, whole=True)
        [told] = tree.steps([step], 0, 1).steps
        parameters = [redaction.text(one.parameters) for one in step.attempts]
        return {
            "step": told,
            "input": redaction.text(step.input),
            "output": redaction.text(step.output),
            "parameters": parameters[-ATTEMPTS_SHOWN:],
        }

    def logs(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """What the function of a step logged."""
        inner = inner_id(step_id)
        if inner is not None:
            return self.logs(self._undone(wanted), inner)
        timeline, step = self._with_payloads(wanted, self._row(wanted), step_id)
        call = call_of(step, timeline.events)
        if isinstance(call, str):
            return {"items": [], "partial": False, "reason": call}
        return self._logs.of(call, redaction_of(timeline), self._clock())

    def export(self, wanted: WorkflowId, form: ExportFormat, *, payloads: bool) -> Exported:
        """The whole timeline. Only json has payloads; the others cost a read without."""
        row = self._row(wanted)
        timeline = self._grown(
            wanted,
            row,
            lambda _timeline: False,
            definition=self._definition_text(wanted),
            payloads=payloads and form is ExportFormat.JSON,
        ).timeline
        return timeline_exported(timeline, form, wanted.name)

    def _undone(self, wanted: WorkflowId) -> WorkflowId:
        """The execution that makes good again what this one did."""
        undoing = self._undoings.of(self._row(wanted))
        if undoing is None or undoing.wanted is None:
            raise NotFound(f"There is no compensation of {wanted}, or it was not started.")
        return undoing.wanted

    def _steps_undone(self, undone: WorkflowId, asked: StepsAsked) -> StepPage:
        page = self.steps(undone, asked)
        return replace(
            page,
            steps=[marked(step) for step in page.steps],
            lanes=[marked_lane(lane) for lane in page.lanes],
        )

    def _and_undone(self, page: StepPage, undoing: Undoing | None) -> StepPage:
        """The first steps of its compensation behind its own, where these are all told."""
        if undoing is None or undoing.wanted is None or page.next_cursor is not None:
            return page
        try:
            more = self._steps_undone(undoing.wanted, StepsAsked(limit=FIRST_PAGE))
        except (Gone, NotFound, Unavailable):
            return page  # its own steps are told all the same; `metadata` says how it stands
        return replace(page, steps=[*page.steps, *more.steps])

    def _definition_text(self, wanted: WorkflowId) -> str | None:
        try:
            return self._executions.definition(wanted.name).text
        except (NotFound, Unavailable):
            return None  # it adds to the export; without it there is one all the same

    def _row(self, wanted: WorkflowId) -> Row:
        """As the index has it; what it does not have (yet), Step Functions is asked for."""
        row = self._pager.get(wanted.name)
        if row is not None and "status" in row:
            return row
        return shown(row_of_description(self._executions.describe(wanted.name)))

    def _read(
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
            grown = self._grown(
                wanted,
                row,
                lambda timeline: len(step_tree.top_steps(timeline)) > FIRST_PAGE,
                definition=used.text if used else None,
            )
        except Unavailable as busy:
            known = self._timelines.known(wanted.name)
            return used, known, stale_since(busy, row, known)
        return used, grown, stale

    def _grown(
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
            if not payloads and _hands_out_tokens(grown.timeline):
                grown = read(payloads=True)
        except NotFound as absent:
            raise gone(wanted, row) from absent
        return grown

    def _with_payloads(self, wanted: WorkflowId, row: Row, step_id: str) -> tuple[Timeline, Step]:
        """The history up to the end of a step."""
        if not step_id.isdecimal():
            raise _no_step(wanted, step_id)

        def enough(timeline: Timeline) -> bool:
            step = step_tree.find_step(timeline, step_id)
            reached = bool(timeline.events) and int(timeline.events[-1]["id"]) > int(step_id)
            return reached and (step is None or step.exited is not None)

        timeline = self._grown(wanted, row, enough, payloads=True).timeline
        return timeline, _found(step_tree.find_step(timeline, step_id), wanted, step_id)

    def _redaction(self, grown: Grown | None) -> Redaction:
        return redaction_of(grown.timeline) if grown is not None else Redaction()

    def _last_part(
        self, wanted: WorkflowId, grown: Grown | None, stale: Stale | None
    ) -> Timeline | None:
        """Where it is now, or how it ended: at the end of a long history, one call away."""
        if grown is None or grown.is_whole or stale is not None:
            return grown.timeline if grown is not None else None
        try:
            events = self._executions.newest(wanted.name)
        except Unavailable:
            return None
        return reconstruct(events, grown.timeline.definition)

    def _first_steps(
        self,
        wanted: WorkflowId,
        grown: Grown | None,
        redaction: Redaction,
        profile: Profile | None,
    ) -> StepPage:
        if grown is None:
            return StepPage()
        tree = step_tree.StepTree(wanted, redaction, profile, whole=grown.is_whole)
        return tree.steps(step_tree.top_steps(grown.timeline), 0, FIRST_PAGE)


def _holds(timeline: Timeline, asked: StepsAsked, last: int) -> bool:
    """Is there all that a page needs, and one more to know whether there is a next?"""
    if asked.within is None:
        return len(step_tree.top_steps(timeline)) > last
    step = step_tree.find_step(timeline, asked.within)
    if step is None:
        reached = int(timeline.events[-1]["id"]) if timeline.events else 0
        return asked.within.isdecimal() and reached > int(asked.within)
    if step.exited is not None:
        return True
    if asked.lane is None:
        return False
    lane = step_tree.find_lane(step, asked.lane)
    return lane is not None and (lane.ended is not None or len(lane.steps) > last)


def _hands_out_tokens(timeline: Timeline) -> bool:
    return any(attempt.callback for step in timeline.steps for attempt in step.attempts)


def _found(step: Step | None, wanted: WorkflowId, step_id: str) -> Step:
    if step is None:
        raise _no_step(wanted, step_id)
    return step


def _no_step(wanted: WorkflowId, step_id: str) -> NotFound:
    return NotFound(f"{wanted} has no step {step_id[:80]!r}: GET /workflows/{wanted}/steps.")
