"""Step Functions as the engine uses it: start by the alias, look at an end, answer a callback.

An execution's name is its run's id, so starting twice is starting once.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from breakwater.platform.http.errors import Unavailable
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.state_object import encoded, execution_input

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient

_TOO_LATE = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_RUNNING = frozenset({"RUNNING", "PENDING_REDRIVE"})


def execution_name(run: Run, cleanup: int = 0) -> str:
    """Of the run's execution, or of its n-th cleanup."""
    return f"{run.execution_id}-cleanup-{cleanup}" if cleanup else run.execution_id


def execution_arn(state_machine: str, name: str) -> str:
    """The ARN of an execution; `state_machine` may be the ARN of an alias."""
    start, _, rest = state_machine.partition(":stateMachine:")
    machine = rest.partition(":")[0]
    return f"{start}:execution:{machine}:{name}"


class StepFunctions:
    """The state machine of recovery runs."""

    def __init__(self, client: "SFNClient", state_machine: str) -> None:
        """
        :param state_machine: the ARN of the alias by which runs are started.
        """
        self._client = client
        self.state_machine = state_machine

    def start(self, run: Run, cleanup: int = 0) -> str:
        """Start the run's execution, or find that it was started; its ARN."""
        name = execution_name(run, cleanup)
        with suppress(self._client.exceptions.ExecutionAlreadyExists):  # by an earlier try
            self._client.start_execution(
                stateMachineArn=self.state_machine,
                name=name,
                input=encoded(execution_input(run, cleanup)),
            )
        return execution_arn(self.state_machine, name)

    def ended(self, run: Run, cleanup: int = 0) -> str | None:
        """How its execution ended; None while it runs, or if there is none."""
        arn = execution_arn(self.state_machine, execution_name(run, cleanup))
        try:
            found = self._client.describe_execution(executionArn=arn)
        except self._client.exceptions.ExecutionDoesNotExist:
            return None
        if found["status"] in _RUNNING:
            return None
        cause = found.get("cause") or found.get("error")
        return f"{found['status']}: {cause}" if cause else found["status"]

    def answer(self, token: str, output: Mapping[str, Any]) -> None:
        """SendTaskSuccess. An answer that comes too late is none: the run went on without it."""
        try:
            self._client.send_task_success(taskToken=token, output=encoded(output))
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _TOO_LATE:
                return
            raise Unavailable(
                f"Step Functions did not take the answer ({code}). What you decided is kept and "
                "takes effect within two minutes."
            ) from error
