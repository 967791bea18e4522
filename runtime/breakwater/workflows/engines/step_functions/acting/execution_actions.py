"""Step Functions behind the port, for whoever acts: looked at anew before each thing done."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform.http.errors import ApiError, Conflict, NotFound, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission
from breakwater.workflows.action_trail import ActionTrail
from breakwater.workflows.engine_port import Acted, ActionAsked
from breakwater.workflows.engines.recovery.run_workflow import run_behind
from breakwater.workflows.engines.step_functions.acting.at_gates import AtGates
from breakwater.workflows.engines.step_functions.acting.cloning import Cloning
from breakwater.workflows.engines.step_functions.acting.compensations import Compensations
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.execution_now import ExecutionNow
from breakwater.workflows.engines.step_functions.acting.retries import Retries
from breakwater.workflows.engines.step_functions.capabilities import execution_capabilities
from breakwater.workflows.engines.step_functions.compensation.standing import WANTED
from breakwater.workflows.engines.step_functions.detail_parts import gone
from breakwater.workflows.refusing import require_possible
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import CANCELLED, CANCELLING, ENDED

_STILL = frozenset({"RUNNING", "PENDING_REDRIVE", "ABORTED"})
_AT_GATES = frozenset({Action.PAUSE, Action.RESUME})
_STOPPED_BY = "Cancelled by "
_SOON = {"Retry-After": "5"}
Done = tuple[Acted, Mapping[str, Any]]
"""What is answered, and what is written down."""


class Rows(Protocol):
    """Rows of the index."""

    def get(self, execution_arn: str) -> Mapping[str, Any] | None:
        """This one; None if there is none."""


class Executions(Protocol):
    """Step Functions, asked; see timeline.reader."""

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """DescribeExecution."""


class ExecutionActions:
    """Any execution of a standard state machine whose tags allow it."""

    name = EngineName.STEP_FUNCTIONS

    def __init__(
        self,
        *,
        rows: Rows,
        executions: Executions,
        control: ExecutionControl,
        retries: Retries,
        gates: AtGates,
        compensations: Compensations,
        trail: ActionTrail,
        recovery_machine: str,
        clock: Callable[[], datetime],
    ) -> None:
        """
        :param recovery_machine: the ARN of the recovery state machine, without alias: what its
            executions need, only their runs know.
        """
        self._rows = rows
        self._executions = executions
        self._control = control
        self._retries = retries
        self._cloning = Cloning(retries, control)
        self._gates = gates
        self._compensations = compensations
        self._trail = trail
        self._recovery_machine = recovery_machine
        self._clock = clock
        self._does: Mapping[Action, Callable[[ExecutionNow, ActionAsked], Done]] = {
            Action.PAUSE: self._gates.pause,
            Action.RESUME: self._gates.resume,
            Action.CANCEL: self._cancel,
            Action.RETRY: self._retry,
            Action.CLONE: self._cloning.clone,
        }

    def current(self, wanted: WorkflowId) -> Workflow:
        """As Step Functions tells it now."""
        return self._workflow(self._now(wanted))

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now and, if not, why."""
        return execution_capabilities(workflow, by)

    def act(self, wanted: WorkflowId, asked: ActionAsked) -> Acted:
        """Do it, with a record before and after."""
        asked.by.require(Permission.RUN_DRILL)
        now = self._now(wanted)
        workflow = self._workflow(now, asked.action)
        require_possible(workflow, asked.action, self.capabilities(workflow, asked.by))
        return self._done(self._does[asked.action], wanted, now, workflow, asked)

    def compensate_left(self, wanted: WorkflowId, asked: ActionAsked) -> Acted | None:
        """Start the compensation that a cancel wanted and did not come to; None: nothing is left.

        Only of what Breakwater stopped: it stops nothing itself.
        """
        now = self._now(wanted)
        workflow = self._workflow(now, asked.action)
        is_ours = str(now.described.get("error", "")).startswith(_STOPPED_BY)
        if workflow.facts.get("compensation") != WANTED or not is_ours:
            return None
        asked.by.require(Permission.RUN_DRILL)
        require_possible(workflow, asked.action, self.capabilities(workflow, asked.by))
        return self._done(self._cancelled_before, wanted, now, workflow, asked)

    def _done(
        self,
        do: Callable[[ExecutionNow, ActionAsked], Done],
        wanted: WorkflowId,
        now: ExecutionNow,
        workflow: Workflow,
        asked: ActionAsked,
    ) -> Acted:
        with self._trail.told(wanted, asked, {"status": workflow.status}) as outcome:
            acted, outcome.after = self._told(do(now, asked))
        return acted

    def preview(self, wanted: WorkflowId, action: Action, by: Identity) -> Mapping[str, Any]:
        """What it would do."""
        now = self._now(wanted)
        workflow = self._workflow(now, action)
        require_possible(workflow, action, self.capabilities(workflow, by))
        if action is Action.RETRY and workflow.status != CANCELLING:
            return self._retries.preview(now, compensated=_is_compensated(workflow))
        if action in {Action.CANCEL, Action.RETRY}:
            return self._before_compensation(now, action)
        if action is Action.CLONE:
            return self._cloning.preview(now)
        if action is Action.RESUME:
            return self._gates.preview(now)
        raise Conflict(f"There is nothing to be seen before: {action.value} does what it says.")

    def _workflow(self, now: ExecutionNow, action: Action | None = None) -> Workflow:
        """With what only its gate knows, where it has one.

        :param action: what is to be done: a gate that fails keeps nobody from anything but pause
            and resume, and what is stopped is stopped at a gate or elsewhere.
        """
        at = self._clock()
        workflow = now.workflow(at)
        if workflow.status == CANCELLED:
            return self._compensations.told(now, workflow, at)
        if action is Action.CANCEL or now.gate is None or workflow.status in ENDED:
            return workflow
        try:
            return self._gates.told(now, workflow)
        except ApiError:
            if action is None or action in _AT_GATES:
                raise
            return workflow

    def _before_compensation(self, now: ExecutionNow, action: Action) -> Mapping[str, Any]:
        told = self._compensations.preview(now)
        again = "Its compensation is run again, with the steps that had completed."
        stop = "It is stopped."
        if told is not None:
            stop += " Then its compensation is run with the steps that have completed."
        return {"message": again if action is Action.RETRY else stop, "compensation": told}

    def _retry(self, now: ExecutionNow, asked: ActionAsked) -> Done:
        workflow = self._workflow(now, asked.action)
        if workflow.status == CANCELLING:
            if asked.options.get("fromStep") is not None:
                raise Conflict(
                    "A retry runs its compensation again, whole: there is no step to begin with. "
                    "Leave fromStep out.",
                    details={"fromStep": []},
                )
            return self._compensations.again(now)
        return self._retries.retry(now, asked, compensated=_is_compensated(workflow))

    def _now(self, wanted: WorkflowId) -> ExecutionNow:
        try:
            described = self._executions.describe(wanted.name)
        except NotFound:
            row = self._rows.get(wanted.name)
            if row is None or "status" not in row:
                raise
            raise gone(wanted, row) from None
        self._require_no_run(described)
        tags = self._control.tags(described["stateMachineArn"])
        return ExecutionNow(described=described, tags=tags)

    def _require_no_run(self, described: Mapping[str, Any]) -> None:
        machine, name = described["stateMachineArn"], described["executionArn"].rpartition(":")[2]
        if machine != self._recovery_machine:
            return
        row = {"stateMachineArn": machine, "executionName": name}
        run = run_behind(row, self._recovery_machine)
        where = f"/workflows/{run[0]}" if run else "its run"
        raise Conflict(
            f"This is the execution of a recovery run: act on the run, {where}.",
            details={"workflowId": run[0] if run else None},
        )

    def _cancel(self, now: ExecutionNow, asked: ActionAsked) -> Done:
        if now.status == "ABORTED":  # by a cancel that did not come to its compensation
            return self._cancelled_before(now, asked)
        compensate = self._compensations.wanted(now, asked)
        self._control.stop(now.arn, error=f"{_STOPPED_BY}{asked.by.name}", cause=asked.reason)
        after = self._after_stop(now)
        if after not in _STILL:
            raise Conflict(
                f"It ended by itself a moment before: {after}. Nothing was cancelled.",
                details={"status": after},
            )
        if compensate:
            return self._compensated(now)
        return _stopped(
            now,
            "It is stopped. Step Functions runs no Catch when it is stopped: what its steps did "
            "stays as it is.",
        )

    def _after_stop(self, now: ExecutionNow) -> str:
        """It is stopped by now: that nobody can look must not say otherwise, nor keep its
        compensation from it.
        """
        try:
            return str(self._executions.describe(now.arn)["status"])
        except Unavailable:
            return "ABORTED"

    def _cancelled_before(self, now: ExecutionNow, asked: ActionAsked) -> Done:
        if asked.options.get("compensate") is not False:
            return self._compensated(now)
        self._compensations.withdraw(now)
        return _stopped(now, "It is stopped, and what its steps did stays as it is.")

    def _compensated(self, now: ExecutionNow) -> Done:
        try:
            return self._compensations.begin(now)
        except ApiError as error:
            raise _not_compensated(error.message, error.headers or _SOON) from error
        except (BotoCoreError, ClientError) as error:
            raise _not_compensated(f"{type(error).__name__}.", _SOON) from error

    @staticmethod
    def _told(done: Done) -> tuple[Acted, dict[str, Any]]:
        acted, more = done
        told = {
            "status": acted.status,
            "newStatus": acted.new_status,
            "workflowId": str(acted.workflow_id),
        }
        return acted, {**told, **more}


def _stopped(now: ExecutionNow, message: str) -> Done:
    acted = Acted(
        status="done",
        new_status=CANCELLED,
        message=message,
        workflow_id=WorkflowId(EngineName.STEP_FUNCTIONS, now.arn),
    )
    return acted, {"executionArn": now.arn}


def _not_compensated(why: str, headers: dict[str, str]) -> Unavailable:
    return Unavailable(
        f"It is stopped, but its compensation was not started: {why} Retry it, or cancel it once "
        "more: that starts the compensation.",
        headers=headers,
    )


def _is_compensated(workflow: Workflow) -> bool:
    """What its steps did was undone: going on behind them would go on from nothing."""
    return workflow.facts.get("compensation") is not None
