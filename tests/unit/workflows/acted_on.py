"""Step Functions that can be acted on, answering as AWS documents: what the emulated ones lack.

Redrive: standard executions that did not succeed, within 14 days of their end, of less than 24,999
events; idempotent by client token. Start: the same name and input while it runs is the same
execution, otherwise ExecutionAlreadyExists. Stop: of what is over, ValidationException. All
parameters and answers are checked against botocore's model.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from tests.unit.timeline.fake_step_functions import FakeStepFunctions
from tests.unit.workflows.conftest import NOW, STATES
from tests.unit.workflows.histories_made import Events

MACHINE = f"{STATES}:stateMachine:orders"
REDRIVABLE_DAYS = 14
_OPEN = "RUNNING"


def arn_of(name: str, machine: str = "orders") -> str:
    return f"{STATES}:execution:{machine}:{name}"


@dataclass
class Execution:
    name: str
    status: str = "RUNNING"
    input: str = "{}"
    machine: str = "orders"
    started: datetime = NOW - timedelta(minutes=10)
    stopped: datetime | None = None
    redrives: int = 0
    error: str | None = None
    cause: str | None = None
    redrive_tokens: set[str] = field(default_factory=set)

    @property
    def arn(self) -> str:
        return arn_of(self.name, self.machine)


class ActedOn(FakeStepFunctions):
    """With executions that change."""

    def __init__(self) -> None:
        super().__init__({})
        self.executions: dict[str, Execution] = {}
        self.machine_tags: dict[str, dict[str, str]] = {}
        self.revision_used, self.revision_now = "r1", "r1"
        self.now = NOW
        self.before_stop: Any = lambda: None
        """What happens between the look and the stop."""

    def has(
        self, name: str, status: str = "RUNNING", events: Events | None = None, **more: Any
    ) -> str:
        stopped = None if status == _OPEN else self.now - timedelta(minutes=5)
        one = Execution(name=name, status=status, stopped=more.pop("stopped", stopped), **more)
        self.executions[one.arn] = one
        self.histories[one.arn] = events or []
        return one.arn

    def tagged(self, machine: str = "orders", **tags: str) -> None:
        named = {f"breakwater:{key.replace('_', '-')}": value for key, value in tags.items()}
        self.machine_tags[f"{STATES}:stateMachine:{machine}"] = named

    def describe_execution(self, **parameters: Any) -> dict[str, Any]:
        one = self._one("DescribeExecution", parameters)
        status, reason = self._redrivable(one)
        told = {
            "executionArn": one.arn,
            "stateMachineArn": f"{STATES}:stateMachine:{one.machine}",
            "name": one.name,
            "status": one.status,
            "startDate": one.started,
            "stopDate": one.stopped,
            "error": one.error,
            "cause": one.cause,
            "redriveCount": one.redrives,
            "redriveStatus": status,
            "redriveStatusReason": reason,
        }
        if parameters.get("includedData") != "METADATA_ONLY":
            told["input"] = one.input
        return {name: value for name, value in told.items() if value is not None}

    def describe_state_machine_for_execution(self, **parameters: Any) -> dict[str, Any]:
        told = super().describe_state_machine_for_execution(**parameters)
        return {**told, "revisionId": self.revision_used}

    def describe_state_machine(self, **parameters: Any) -> dict[str, Any]:
        self._checked("DescribeStateMachine", parameters)
        return {"stateMachineArn": parameters["stateMachineArn"], "revisionId": self.revision_now}

    def list_tags_for_resource(self, **parameters: Any) -> dict[str, Any]:
        self._checked("ListTagsForResource", parameters)
        tags = self.machine_tags.get(parameters["resourceArn"], {})
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def stop_execution(self, **parameters: Any) -> dict[str, Any]:
        self.before_stop()
        one = self._one("StopExecution", parameters)
        if one.status == "ABORTED":
            return {"stopDate": one.stopped}
        if one.status in ("SUCCEEDED", "FAILED", "TIMED_OUT"):
            raise refusal("ValidationException", "Execution is not running")
        one.status, one.stopped = "ABORTED", self.now
        one.error, one.cause = parameters.get("error"), parameters.get("cause")
        return {"stopDate": one.stopped}

    def redrive_execution(self, **parameters: Any) -> dict[str, Any]:
        one = self._one("RedriveExecution", parameters)
        token = parameters["clientToken"]
        if token in one.redrive_tokens:
            return {"redriveDate": self.now}
        status, reason = self._redrivable(one)
        if status != "REDRIVABLE":
            raise refusal("ExecutionNotRedrivable", str(reason))
        one.redrive_tokens.add(token)
        one.status, one.stopped, one.redrives = _OPEN, None, one.redrives + 1
        return {"redriveDate": self.now}

    def start_execution(self, **parameters: Any) -> dict[str, Any]:
        self._checked("StartExecution", parameters)
        json.loads(parameters["input"])
        machine = parameters["stateMachineArn"].split(":")[6]
        arn = arn_of(parameters["name"], machine)
        known = self.executions.get(arn)
        if known is None:
            self.has(
                parameters["name"],
                input=parameters["input"],
                machine=machine,
                started=self.now,
            )
        elif known.status != _OPEN or known.input != parameters["input"]:
            raise refusal("ExecutionAlreadyExists", f"Execution Already Exists: {arn!r}")
        return {"executionArn": arn, "startDate": self.executions[arn].started}

    def _redrivable(self, one: Execution) -> tuple[str, str | None]:
        if one.status == _OPEN:
            return "NOT_REDRIVABLE", "Execution is RUNNING and cannot be redriven"
        if one.status == "SUCCEEDED":
            return "NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven"
        if "/" in one.machine:
            return "REDRIVABLE_BY_MAP_RUN", None
        if one.stopped and self.now - one.stopped > timedelta(days=REDRIVABLE_DAYS):
            return "NOT_REDRIVABLE", "Execution exceeded the 14 days redrivable period"
        if len(self.histories[one.arn]) >= 24_999:
            return "NOT_REDRIVABLE", "Execution history size exceeds the limit"
        return "REDRIVABLE", None

    def _one(self, operation: str, parameters: dict[str, Any]) -> Execution:
        self._taken(operation, parameters)
        return self.executions[parameters["executionArn"]]

    def _checked(self, operation: str, parameters: dict[str, Any]) -> None:
        model = self._model.operation_model(operation).input_shape
        validate_parameters(parameters, model)
        self.asked.append(operation)
        if operation in self.refuse_always:
            raise refusal(self.refuse_always[operation], "no")


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
