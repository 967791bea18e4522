"""Step Functions behind the port: the row of the index says how an execution stands, its history
what happened in it.

Throttled by AWS, it tells what the row and what was read before say, with its age.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.index.pager import Pager
from breakwater.platform.http.errors import Gone, NotFound, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.timeline import Timeline
from breakwater.timeline.token_learning import redaction_of
from breakwater.workflows.engine_port import (
    Described,
    EventPage,
    EventsAsked,
    StepPage,
    StepsAsked,
)
from breakwater.workflows.engines.step_functions import step_tree
from breakwater.workflows.engines.step_functions.capabilities import execution_capabilities
from breakwater.workflows.engines.step_functions.compensation.standing import (
    compensation_told,
    failure_with_compensation,
    with_compensation,
)
from breakwater.workflows.engines.step_functions.compensation.undoings import (
    PLACE,
    Undoing,
    Undoings,
    failed_undone,
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
    metadata_told,
    newer,
    progress_told,
    segments_told,
    stale_since,
    status_by_history,
)
from breakwater.workflows.engines.step_functions.execution_reader import (
    FIRST_PAGE,
    ExecutionReader,
    Executions,
    found_step,
    redaction_known,
)
from breakwater.workflows.engines.step_functions.execution_workflow import (
    execution_workflow,
)
from breakwater.workflows.engines.step_functions.function_logs import FunctionLogs, call_of
from breakwater.workflows.engines.step_functions.growing_timelines import (
    GrowingTimelines,
    Grown,
)
from breakwater.workflows.engines.step_functions.history_events import history_page
from breakwater.workflows.engines.step_functions.timeline_export import timeline_exported
from breakwater.workflows.exporting import Exported, ExportFormat
from breakwater.workflows.listing.resolving import Notes
from breakwater.workflows.profiles import Profile, Profiles
from breakwater.workflows.step_pages import ATTEMPTS_SHOWN, start_of, usual_whole
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId


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
        self._reader = ExecutionReader(pager=pager, executions=executions, timelines=timelines)
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
        row = self._reader.row(wanted)
        used, grown, stale = self._reader.read(wanted, row)
        row = newer(row, grown)
        machine = row["stateMachineArn"]
        profile = self._profiles.of([machine]).get(machine)
        tags = self._notes.tags([machine]).get(machine, {})
        workflow = execution_workflow(row, tags=tags, profile=profile, now=self._clock())
        definition = definition_of(used.text if used else None)
        last, stale = self._reader.last_part(wanted, row, grown, stale)
        try:
            redaction = self._reader.redaction(wanted, row, grown, last, used)
        except Unavailable as busy:  # then its cause, which may quote a token, is told another time
            redaction, last, stale = redaction_known(grown), None, stale_since(busy, row, grown)
        workflow = replace(workflow, cause=redaction.text(workflow.cause))
        undoing = self._undoings.of(row)
        if undoing is not None:
            redrives, note = int(row.get("redriveCount") or 0), undoing.note
            workflow = with_compensation(
                workflow, redrives, note, undoing.started, now=self._clock()
            )
        is_whole = grown is not None and grown.is_whole
        status = status_by_history(workflow, last, definition, is_whole=is_whole)
        workflow = replace(workflow, status=status)
        if grown is not None:
            told = progress_told(workflow, grown, last, profile, expected_steps(definition))
            workflow = replace(workflow, progress=told)
        target = workflow.sla_target_seconds
        revision = used.revision_id if used else None
        steps = self._and_undone(self._first_steps(wanted, grown, redaction, profile), undoing)
        return Described(
            workflow=workflow,
            definition=definition_told(definition, row, revision=revision, target=target),
            segments=segments_told(row, grown, redaction),
            steps=steps,
            failure=failure_with_compensation(
                failure_told(last, redaction), workflow, failed_undone(steps.steps)
            ),
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
        row, start = self._reader.row(wanted), start_of(wanted, asked)
        last = start + asked.limit
        grown = self._reader.grown(wanted, row, lambda timeline: _holds(timeline, asked, last))
        machine = row["stateMachineArn"]
        profile = self._profiles.of([machine]).get(machine)
        tree = step_tree.StepTree(wanted, redaction_known(grown), profile, whole=grown.is_whole)
        timeline = grown.timeline
        if asked.within is None:
            return tree.steps(step_tree.top_steps(timeline), start, asked.limit)
        step = found_step(step_tree.find_step(timeline, asked.within), wanted, asked.within)
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
        row = self._reader.row(wanted)
        timeline, step = self._reader.with_payloads(wanted, row, step_id)
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
        timeline, step = self._reader.with_payloads(wanted, self._reader.row(wanted), step_id)
        call = call_of(step, timeline.events)
        if isinstance(call, str):
            return {"items": [], "partial": False, "reason": call}
        return self._logs.of(call, redaction_of(timeline), self._clock())

    def events(self, wanted: WorkflowId, asked: EventsAsked) -> EventPage:
        """Its history, read as far as the page goes."""
        return history_page(self._reader, wanted, asked)

    def export(self, wanted: WorkflowId, form: ExportFormat, *, payloads: bool) -> Exported:
        """The whole timeline. Only json has payloads; the others cost a read without."""
        row = self._reader.row(wanted)
        timeline = self._reader.grown(
            wanted,
            row,
            lambda _timeline: False,
            definition=self._reader.definition_text(wanted),
            payloads=payloads and form is ExportFormat.JSON,
        ).timeline
        return timeline_exported(timeline, form, wanted.name)

    def _undone(self, wanted: WorkflowId) -> WorkflowId:
        """The execution that makes good again what this one did."""
        undoing = self._undoings.of(self._reader.row(wanted))
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
