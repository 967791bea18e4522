"""Recovery runs behind the port: everything is told by the run's own items.

Cost: a run with its waves is two Query; how long runs of its plan usually take, one more; the
servers of a wave one more, when they are asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from breakwater.platform.http.errors import Conflict, Gone, NotFound
from breakwater.platform.http.identity import Identity
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState, held
from breakwater.recovery.engine.run_view import run_json, server_json, step_json, wave_json
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.workflows.engine_port import (
    Described,
    EventPage,
    EventsAsked,
    StepPage,
    StepsAsked,
)
from breakwater.workflows.engines.recovery import run_steps
from breakwater.workflows.engines.recovery.capabilities import run_capabilities
from breakwater.workflows.engines.recovery.run_workflow import run_workflow
from breakwater.workflows.engines.recovery.usual_run import LATEST, usual_run
from breakwater.workflows.exporting import Exported, ExportFormat
from breakwater.workflows.only_segment import only_segment
from breakwater.workflows.step_pages import cursor_at, start_of
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId

FIRST_PAGE = 50
_TOLD = (
    *("planId", "isDrill", "reason", "retryOf", "retriedBy", "attention", "pausedSeconds"),
    *("pausedSince", "pauseEndsAt", "timeScale", "cleaning", "cleanupIncomplete", "rpoMinutes"),
    *("waveCount", "wavesEnded", "serverCount", "serversLaunched", "serversFailed"),
)


class RunItems(Protocol):
    """The items of runs; see recovery.engine.run_store."""

    def outline(self, execution_id: str) -> RunState:
        """The run with its waves, jobs and compensation; NotFound if there is none."""

    def servers(self, execution_id: str, wave_index: int | None = None) -> list[ServerRun]:
        """The servers of a wave."""

    def plan(self, execution_id: str) -> Mapping[str, Any]:
        """The plan as it was frozen."""


class PlanRuns(Protocol):
    """Runs by their plan; see recovery.engine.run_list."""

    def of_plan(self, plan_id: str, *, limit: int) -> tuple[list[Run], str | None]:
        """The latest."""


class Executions(Protocol):
    """Executions of Step Functions; see engines.step_functions."""

    def events(self, wanted: WorkflowId, asked: EventsAsked) -> EventPage:
        """What happened, raw."""

    def export(self, wanted: WorkflowId, form: ExportFormat, *, payloads: bool) -> Exported:
        """The whole timeline."""


class RecoveryEngine:
    """Recovery runs."""

    name = EngineName.RECOVERY

    def __init__(
        self,
        items: RunItems,
        plan_runs: PlanRuns,
        clock: Callable[[], datetime],
        executions: Executions,
    ) -> None:
        """
        :param executions: knows what Step Functions did for a run.
        """
        self._items = items
        self._plan_runs = plan_runs
        self._clock = clock
        self._executions = executions

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now and, if not, why."""
        return run_capabilities(workflow, by)

    def describe(self, wanted: WorkflowId) -> Described:
        """The run with its waves and its compensation."""
        state, now = self._items.outline(wanted.name), self._clock()
        frozen = self._items.plan(wanted.name)
        run = state.run
        workflow = run_workflow(run, now, held=held(state))
        told = run_json(run, now)
        runs_of_plan, _ = self._plan_runs.of_plan(run.plan_id, limit=LATEST)
        return Described(
            workflow=replace(workflow, progress=_progress(state, workflow)),
            definition=_definition(state, frozen, workflow.sla_target_seconds),
            segments=[only_segment(workflow, len(state.waves) + len(state.steps))],
            steps=_page(wanted, run_steps.top_steps(state), 0, FIRST_PAGE),
            failure=run_steps.failure_of(state),
            metadata={
                **{name: told[name] for name in _TOLD},
                "usual": usual_run(run, runs_of_plan),
                "run": f"/executions/{run.execution_id}",
                "stepFunctions": f"/executions/{run.execution_id}/step-functions",
            },
        )

    def steps(self, wanted: WorkflowId, asked: StepsAsked) -> StepPage:
        """Waves and compensation; or the servers of a wave."""
        start = start_of(wanted, asked)
        state = self._items.outline(wanted.name)
        if asked.within is None:
            return _page(wanted, run_steps.top_steps(state), start, asked.limit)
        wave = _wave(state, asked.within)
        if wave is None or asked.lane not in (None, run_steps.SERVERS):
            raise _no_step(wanted, f"{asked.within}{f' {asked.lane}' if asked.lane else ''}")
        servers = self._servers(state.run, wave)
        if asked.lane is None:
            lane = run_steps.servers_lane(state.run, wave, servers[: asked.limit])
            if len(servers) > asked.limit:
                more = cursor_at(wanted, asked.limit, asked.within, run_steps.SERVERS)
                lane["stepsCursor"] = more
            return StepPage(lanes=[lane] if start == 0 else [], total=1)
        return _page(wanted, servers, start, asked.limit, within=asked.within, lane=asked.lane)

    def step(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """A wave, a server or a step of compensation with everything that is known of it."""
        state = self._items.outline(wanted.name)
        found = self._found(state, step_id)
        if found is None:
            raise _no_step(wanted, step_id)
        step, details = found
        return {"step": step, "input": None, "output": None, "parameters": [], "details": details}

    def logs(self, wanted: WorkflowId, step_id: str) -> Mapping[str, Any]:
        """What a run did is in the run itself; what its functions logged, in their own groups."""
        if self._found(self._items.outline(wanted.name), step_id) is None:
            raise _no_step(wanted, step_id)
        reason = (
            f"Waves and servers are no calls of functions. The run's report tells what happened: "
            f"GET /executions/{wanted.name}/report."
        )
        return {"items": [], "partial": False, "reason": reason}

    def events(self, wanted: WorkflowId, asked: EventsAsked) -> EventPage:
        """The history of its state machine."""
        run = self._items.outline(wanted.name).run
        if run.execution_arn is None:
            return EventPage(reason=f"It is {run.status.value} and has no execution yet.")
        try:
            return self._executions.events(_execution_of(run.execution_arn), asked)
        except NotFound as absent:
            raise Gone(
                f"AWS keeps the Step Functions history of the run {wanted} no longer: it goes 90 "
                "days after the end (30, where that was chosen). What the run did is kept with the "
                f"run itself: GET /executions/{wanted}."
            ) from absent

    def export(self, wanted: WorkflowId, form: ExportFormat, *, payloads: bool) -> Exported:
        """What its state machine did; what was recovered, the run's report tells."""
        run = self._items.outline(wanted.name).run
        if run.execution_arn is None:
            raise Conflict(
                f"The run {wanted} is {run.status.value} and has no execution yet: there is "
                "nothing to be exported."
            )
        return self._executions.export(_execution_of(run.execution_arn), form, payloads=payloads)

    def _servers(self, run: Run, wave: WaveRun) -> list[dict[str, Any]]:
        found = self._items.servers(run.execution_id, wave.index)
        ordered = sorted(found, key=lambda server: (server.name, server.key))
        return [run_steps.server_step(run, server, wave) for server in ordered]

    def _found(self, state: RunState, step_id: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        now, (kind, _, rest) = self._clock(), step_id.partition(":")
        if kind == run_steps.COMPENSATION:
            for one in state.steps.values():
                if f"{one.round}.{one.number}" == rest:
                    return run_steps.compensation_step(state.run, one), step_json(one)
            return None
        wave = _wave(state, ":".join([run_steps.WAVE, rest.partition(":")[0]]))
        if wave is None:
            return None
        if kind == run_steps.WAVE and wave is _wave(state, step_id):
            told = wave_json(state.run, wave, [], now)
            return run_steps.wave_step(state.run, wave), told
        for server in self._items.servers(state.run.execution_id, wave.index):
            step = run_steps.server_step(state.run, server, wave)
            if step["id"] == step_id:
                return step, server_json(server, wave)
        return None


def _execution_of(arn: str) -> WorkflowId:
    return WorkflowId(EngineName.STEP_FUNCTIONS, arn)


def _wave(state: RunState, step_id: str) -> WaveRun | None:
    named = (f"{run_steps.WAVE}:{index}" for index in state.waves)
    return next(
        (wave for name, wave in zip(named, state.waves.values(), strict=True) if name == step_id),
        None,
    )


def _progress(state: RunState, workflow: Workflow) -> Any:
    """As in the list, with the names of the waves that are under way."""
    under_way = [wave.name for wave in state.launching()]
    told = workflow.progress
    return replace(told, current_step=", ".join(under_way) or told.current_step)


def _definition(state: RunState, frozen: Mapping[str, Any], target: float | None) -> dict[str, Any]:
    waves = [{"name": wave.name, "type": "Wave", "within": None} for wave in state.in_order()]
    version = frozen["plan"].get("version")
    return {
        "name": state.run.plan_name,
        "version": str(version) if version is not None else None,
        "alias": None,
        "revisionId": None,
        "startAt": waves[0]["name"] if waves else None,
        "stateCount": len(waves),
        "states": waves,
        "slaTargetSeconds": target,
    }


def _page(
    wanted: WorkflowId,
    steps: Sequence[Mapping[str, Any]],
    start: int,
    limit: int,
    *,
    within: str | None = None,
    lane: str | None = None,
) -> StepPage:
    more = start + limit < len(steps)
    return StepPage(
        steps=steps[start : start + limit],
        next_cursor=cursor_at(wanted, start + limit, within, lane) if more else None,
        total=len(steps),
    )


def _no_step(wanted: WorkflowId, step_id: str) -> NotFound:
    return NotFound(
        f"The run {wanted} has no step {step_id[:80]!r}: GET /workflows/{wanted}/steps."
    )
