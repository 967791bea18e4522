"""Retries of executions: a redrive, or a new execution under a name that is taken once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from breakwater.platform.http.errors import Conflict, NotFound, Unavailable
from breakwater.timeline.reader import Events, UsedDefinition
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.engine_port import Acted, ActionAsked
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.execution_now import ExecutionNow
from breakwater.workflows.engines.step_functions.acting.names import redrive_token, retry_name
from breakwater.workflows.engines.step_functions.acting.retrying import (
    Way,
    ends_of,
    retry_told,
    way_of,
)
from breakwater.workflows.engines.step_functions.growing_timelines import Grown
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater.workflows.workflow_status import RUNNING, of_step_functions

Done = tuple[Acted, Mapping[str, Any]]


class Executions(Protocol):
    """Step Functions, asked; see timeline.reader."""

    def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
        """DescribeExecution."""

    def definition(self, execution_arn: str) -> UsedDefinition:
        """As this execution used it."""

    def newest(self, execution_arn: str) -> Events:
        """The last thousand events."""


class Timelines(Protocol):
    """See growing_timelines."""

    def read(
        self, execution_arn: str, *, enough: Callable[[Timeline], bool], redrives: int
    ) -> Grown:
        """Read until there is enough of it, or all."""


class Retries:
    """Tries again what failed."""

    def __init__(
        self, *, executions: Executions, timelines: Timelines, control: ExecutionControl
    ) -> None:
        self._executions = executions
        self._timelines = timelines
        self._control = control

    def retry(self, now: ExecutionNow, asked: ActionAsked, *, compensated: bool) -> Done:
        """By the way that AWS allows.

        :param compensated: what it did was made good again: it can only be started anew.
        """
        now = replace(now, compensated=compensated)
        from_step = asked.options.get("fromStep")
        ends = ends_of(self._timeline(now)) if from_step is not None else None
        if way_of(now, from_step, ends) is Way.REDRIVE:
            return self._redrive(now)
        return self._start_anew(now, asked)

    def preview(self, now: ExecutionNow, *, compensated: bool) -> Mapping[str, Any]:
        """What a retry would do; what AWS does not tell now is null."""
        now = replace(now, compensated=compensated)
        timeline = self._timeline(now)
        events = timeline.events
        return retry_told(
            now,
            timeline,
            new_name=retry_name(now.arn, now.redrives),
            events=int(events[-1]["id"]) if events else None,
            definition_changed=self._definition_changed(now),
        )

    def _redrive(self, now: ExecutionNow) -> Done:
        """The same redrive, however often it is asked for: it carries how many there were."""
        self._control.redrive(now.arn, token=redrive_token(now.arn, now.redrives))
        acted = Acted(
            status="accepted",
            new_status=RUNNING,
            message="It goes on where it failed, as AWS redrives it: what succeeded is not run "
            "again.",
            workflow_id=WorkflowId(EngineName.STEP_FUNCTIONS, now.arn),
        )
        return acted, {"way": Way.REDRIVE.value, "redrive": now.redrives + 1}

    def _start_anew(self, now: ExecutionNow, asked: ActionAsked) -> Done:
        started = self._control.start(
            now.started_by, retry_name(now.arn, now.redrives), self.input_of(now)
        )
        wanted = WorkflowId(EngineName.STEP_FUNCTIONS, started.execution_arn)
        more = {"way": Way.NEW.value, "executionArn": started.execution_arn}
        if not started.was_there(asked.at):
            why = "" if now.is_redrivable else " AWS does not redrive it: "
            why += "" if now.is_redrivable else now.not_redrivable_because
            said = f"A new execution does everything again, with the same input.{why}"
            return Acted(
                status="accepted", new_status=RUNNING, message=said, workflow_id=wanted
            ), more
        status = of_step_functions(self._executions.describe(started.execution_arn)["status"])
        said = (
            f"It was retried before, by the execution that is told here, which is {status}: "
            "nothing was started again. To try once more, retry that one."
        )
        return Acted(status="done", new_status=status, message=said, workflow_id=wanted), more

    def input_of(self, now: ExecutionNow) -> str:
        """The input that it was given, as it is: people only see it redacted."""
        described = self._executions.describe(now.arn, payloads=True)
        given = described.get("input")
        if given is None:
            raise Conflict(
                "Step Functions does not give its input out (it is encrypted with a key that "
                "Breakwater may not use): start it where that is allowed."
            )
        return str(given)

    def _timeline(self, now: ExecutionNow) -> Timeline:
        """The whole history, without payloads."""
        return self._timelines.read(
            now.arn, enough=lambda _timeline: False, redrives=now.redrives
        ).timeline

    def _definition_changed(self, now: ExecutionNow) -> bool | None:
        try:
            used = self._executions.definition(now.arn).revision_id
            newest = self._control.revision(now.machine)
        except (Conflict, NotFound, Unavailable):
            return None
        return used != newest if used and newest else None
