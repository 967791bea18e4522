"""Recovery runs behind the port, for whoever acts: the run's own desk does it, and nobody else.

Its rules, its transaction and its audit record are those of /executions/{id}/…; here they are only
called by their other name.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from breakwater.platform.http.errors import Conflict
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_decisions import Done
from breakwater.recovery.engine.run_state import RunState, held
from breakwater.recovery.engine.status import WaveStatus
from breakwater.workflows.engine_port import Acted, ActionAsked
from breakwater.workflows.engines.recovery.capabilities import run_capabilities
from breakwater.workflows.engines.recovery.run_steps import WAVE
from breakwater.workflows.engines.recovery.run_workflow import run_workflow
from breakwater.workflows.refusing import require_possible
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import of_recovery


class Desk(Protocol):
    """See recovery.engine.run_desk."""

    def pause(self, execution_id: str, by: Identity, reason: str) -> Done:
        """Nothing new starts."""

    def resume(
        self, execution_id: str, by: Identity, reason: str, waves: Sequence[str] | None
    ) -> Done:
        """Go on."""

    def cancel(self, execution_id: str, by: Identity, reason: str, *, cleanup: bool) -> Done:
        """Nothing new starts, then it is over."""

    def retry(self, execution_id: str, by: Identity, reason: str, typed: str | None) -> Run:
        """A new run."""


class Items(Protocol):
    """See recovery.engine.run_store."""

    def outline(self, execution_id: str) -> RunState:
        """The run with its waves; NotFound if there is none."""


class RunActions:
    """Recovery runs."""

    name = EngineName.RECOVERY

    def __init__(self, items: Items, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._items = items
        self._desk = desk
        self._clock = clock

    def current(self, wanted: WorkflowId) -> Workflow:
        """As its items tell it."""
        state = self._items.outline(wanted.name)
        return run_workflow(state.run, self._clock(), held=held(state))

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now and, if not, why."""
        return run_capabilities(workflow, by)

    def act(self, wanted: WorkflowId, asked: ActionAsked) -> Acted:
        """By the run's own desk, which decides."""
        run_id, by, reason, options = wanted.name, asked.by, asked.reason, asked.options
        by.require(Permission.RUN_DRILL)
        if asked.action is Action.PAUSE:
            return _acted(self._desk.pause(run_id, by, reason))
        if asked.action is Action.RESUME:
            return _acted(self._desk.resume(run_id, by, reason, options.get("waves")))
        if asked.action is Action.CANCEL:
            cleanup = bool(options.get("cleanup"))
            return _acted(self._desk.cancel(run_id, by, reason, cleanup=cleanup))
        if asked.action is Action.RETRY:
            return self._retry(wanted, asked)
        workflow = self.current(wanted)
        require_possible(workflow, asked.action, self.capabilities(workflow, by))
        raise Conflict(f"{asked.action.value} is nothing that is done to a run.")

    def preview(self, wanted: WorkflowId, action: Action, by: Identity) -> Mapping[str, Any]:
        """What a retry would take up again; what a resume would let go."""
        state = self._items.outline(wanted.name)
        workflow = run_workflow(state.run, self._clock(), held=held(state))
        require_possible(workflow, action, self.capabilities(workflow, by))
        if action is Action.RESUME:
            return {"waves": list(held(state)), "message": "These waves are held."}
        if action is not Action.RETRY:
            raise Conflict(f"There is nothing to be seen before: {action.value} does what it says.")
        open_waves = [one.name for one in state.in_order() if one.status != WaveStatus.COMPLETED]
        return {
            "way": "new",
            "fromSteps": [{"step": one, "way": "new"} for one in _failed(state).values()],
            "runsAgain": open_waves,
            "runsAgainTotal": len(open_waves),
            "message": "A new run takes over the waves that completed; in the others only servers "
            "that did not launch are started.",
        }

    def _retry(self, wanted: WorkflowId, asked: ActionAsked) -> Acted:
        from_step = asked.options.get("fromStep")
        if from_step is not None:
            _require_failed_wave(self._items.outline(wanted.name), str(from_step))
        typed = asked.options.get("planName")
        run = self._desk.retry(wanted.name, asked.by, asked.reason, typed)
        return Acted(
            status="accepted",
            new_status=of_recovery(run.status.value),
            message=f"The run {run.execution_id} takes over the waves that completed; in all "
            "others it starts the servers that did not launch.",
            workflow_id=WorkflowId(EngineName.RECOVERY, run.execution_id),
        )


def _acted(done: Done) -> Acted:
    within = done.within_seconds
    told = f" It takes effect within {within} s." if within else ""
    return Acted(
        status="accepted",
        new_status=of_recovery(done.run.status.value),
        message=f"{done.message}{told}",
        workflow_id=WorkflowId(EngineName.RECOVERY, done.run.execution_id),
    )


def _failed(state: RunState) -> Mapping[str, str]:
    """Steps' ids → names of the waves that failed."""
    waves = (one for one in state.in_order() if one.status is WaveStatus.FAILED)
    return {f"{WAVE}:{one.index}": one.name for one in waves}


def _require_failed_wave(state: RunState, from_step: str) -> None:
    failed = _failed(state)
    if from_step in failed or from_step in failed.values():
        return
    names = ", ".join(failed.values()) or "none"
    raise Conflict(
        f"A run is retried from a wave that failed, and {from_step[:80]!r} is none. Failed: "
        f"{names}. Without fromStep everything that did not complete is taken up again.",
        details={"fromStep": [{"step": name, "way": "new"} for name in failed.values()]},
    )
