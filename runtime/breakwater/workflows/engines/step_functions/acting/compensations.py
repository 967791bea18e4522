"""Runs the compensation machine of what was cancelled: once for each try, whatever is retried."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from breakwater.platform.http.errors import Conflict, NotFound
from breakwater.platform.http.identity import Identity
from breakwater.workflows.engine_port import Acted, ActionAsked
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.execution_now import ExecutionNow
from breakwater.workflows.engines.step_functions.acting.names import compensation_name
from breakwater.workflows.engines.step_functions.compensation.compensation_input import (
    compensation_input,
)
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNote
from breakwater.workflows.engines.step_functions.compensation.standing import (
    AGAIN,
    GONE,
    compensation_status,
    compensation_told,
    with_compensation,
)
from breakwater.workflows.engines.step_functions.growing_timelines import Grown
from breakwater.workflows.machine_notes import allows_actions
from breakwater.workflows.workflow import Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import CANCELLING

Done = tuple[Acted, Mapping[str, Any]]


class Notes(Protocol):
    """See compensation.note."""

    def of(self, execution_arns: list[str]) -> Mapping[str, CompensationNote]:
        """Those that there are."""

    def want(self, execution_arn: str, note: CompensationNote) -> None:
        """Before it is stopped."""

    def begun(self, execution_arn: str, *, tries: int, started: str) -> None:
        """The n-th try runs."""

    def withdraw(self, execution_arn: str, *, redrives: int) -> None:
        """It is not wanted any more, if it was not started."""


class Reminders(Protocol):
    """See compensation.reminder."""

    def remind(self, workflow_id: str, by: Identity) -> None:
        """Somebody looks later whether it was started."""


class Executions(Protocol):
    """Step Functions, asked."""

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """DescribeExecution."""


class Timelines(Protocol):
    """See growing_timelines."""

    def read(
        self,
        execution_arn: str,
        *,
        enough: Callable[[Any], bool],
        redrives: int,
        payloads: bool = False,
    ) -> Grown:
        """All of it."""


class Compensations:
    """Makes good again."""

    def __init__(
        self,
        *,
        notes: Notes,
        executions: Executions,
        timelines: Timelines,
        control: ExecutionControl,
        reminders: Reminders,
    ) -> None:
        self._notes = notes
        self._reminders = reminders
        self._executions = executions
        self._timelines = timelines
        self._control = control

    def told(self, now: ExecutionNow, workflow: Workflow, at: datetime) -> Workflow:
        """The cancelled execution, as its compensation lets it stand at this time."""
        note = self._note(now)
        if note is None:
            return workflow
        return with_compensation(workflow, now.redrives, note, self._started(note), now=at)

    def preview(self, now: ExecutionNow) -> dict[str, Any] | None:
        """What a cancel would run; None: no machine is declared."""
        note = self._note(now)
        if note is not None:
            return compensation_told(note, self._started(note))
        declared = now.compensation
        if declared is None:
            return None
        untold: dict[str, Any] = {"executionArn": None, "error": None, "cause": None, "tries": 0}
        return {"stateMachineArn": declared, "status": "DECLARED", **untold}

    def wanted(self, now: ExecutionNow, asked: ActionAsked) -> bool:
        """Is it to be compensated? Then it is noted; Conflict, before anything is stopped, if it
        cannot be.
        """
        choice = asked.options.get("compensate")
        if choice is None and now.compensation is None:
            return False
        if choice is False:
            self.withdraw(now)
            return False
        if now.compensation is None:
            raise Conflict(
                "Its state machine declares no compensation: whoever owns it does, by the tag "
                "breakwater:compensation=<name of a state machine>. Nothing was stopped; without "
                "compensate it can be."
            )
        if not allows_actions(self._tags_of(now.compensation)):
            raise Conflict(
                f"Its compensation machine {now.compensation} is not tagged breakwater:actions="
                "allow, so Breakwater may not start it. Nothing was stopped; with compensate=false "
                "it can be."
            )
        self._notes.want(
            now.arn,
            CompensationNote(
                machine=now.compensation,
                redrives=now.redrives,
                by=asked.by.name,
                reason=asked.reason,
            ),
        )
        self._reminders.remind(str(WorkflowId(EngineName.STEP_FUNCTIONS, now.arn)), asked.by)
        return True

    def withdraw(self, now: ExecutionNow) -> None:
        """What an earlier cancel wanted, and did not come to start, is not wanted any more."""
        if self._note(now) is not None:
            self._notes.withdraw(now.arn, redrives=now.redrives)

    def _tags_of(self, machine: str) -> Mapping[str, str]:
        try:
            return self._control.tags(machine)
        except (Conflict, NotFound) as missing:
            raise Conflict(
                f"Its compensation machine {machine}, which the tag breakwater:compensation names, "
                "does not exist. Nothing was stopped; with compensate=false it can be."
            ) from missing

    def begin(self, now: ExecutionNow) -> Done:
        """Start it with what had completed; under the same name it starts once."""
        note = self._note(now)
        if note is None:
            raise Conflict("No compensation was asked for when it was cancelled.")
        return self._run(now, note, max(note.tries, 1))

    def again(self, now: ExecutionNow) -> Done:
        """The one that failed once more, or the one that was never started."""
        note = self._note(now)
        if note is None:
            raise Conflict("No compensation was asked for when it was cancelled.")
        started = self._started(note)
        over = started is not None and compensation_status(started) in AGAIN
        return self._run(now, note, note.tries + 1 if over else max(note.tries, 1))

    def _run(self, now: ExecutionNow, note: CompensationNote, tries: int) -> Done:
        timeline = self._timelines.read(
            now.arn, enough=lambda _timeline: False, redrives=now.redrives, payloads=True
        ).timeline
        given = compensation_input(
            timeline,
            execution_arn=now.arn,
            machine=now.machine,
            by=note.by,
            reason=note.reason,
        )
        name = compensation_name(now.arn, now.redrives, tries)
        started = self._control.start(note.machine, name, given)
        self._notes.begun(now.arn, tries=tries, started=started.execution_arn)
        machine = note.machine.rpartition(":")[2]
        acted = Acted(
            status="accepted",
            new_status=CANCELLING,
            message=f"It is stopped. {machine} makes good again what it did: its steps are shown "
            "with those of the workflow, which is CANCELLED when they have succeeded.",
            workflow_id=WorkflowId(EngineName.STEP_FUNCTIONS, now.arn),
        )
        return acted, {"compensation": started.execution_arn, "tries": tries}

    def _note(self, now: ExecutionNow) -> CompensationNote | None:
        note = self._notes.of([now.arn]).get(now.arn)
        return note if note is not None and note.redrives == now.redrives else None

    def _started(self, note: CompensationNote) -> Mapping[str, Any] | None:
        if note.started is None:
            return None
        try:
            return self._executions.describe(note.started)
        except NotFound:
            return {"status": GONE}
