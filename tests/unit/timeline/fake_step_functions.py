"""Step Functions with pages, as AWS gives them: moto's gives everything at once, in one order."""

from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import validate_parameters

from breakwater.timeline.call_budget import CallBudget
from breakwater.timeline.reader import Reader

STARTED = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


class FakeStepFunctions:
    """Histories by ARN. What is asked is checked against botocore's model, and counted."""

    def __init__(self, histories: dict[str, list[dict[str, Any]]]) -> None:
        self.histories = histories
        self.asked: list[str] = []
        self.refuse: list[str] = []
        """Codes to answer with first, one call each."""

        self.refuse_always: dict[str, str] = {}
        """Codes by operation."""

        self.definition = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
        self.log_group: str | None = "arn:aws:logs:eu-west-1:111122223333:log-group:/states/plan:*"
        model = get_session().get_service_model("stepfunctions")
        self._model: Any = model

    def describe_execution(self, **parameters: Any) -> dict[str, Any]:
        events = self._taken("DescribeExecution", parameters)
        return {
            "executionArn": parameters["executionArn"],
            "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:Plan",
            "status": "SUCCEEDED" if events[-1]["type"] == "ExecutionSucceeded" else "RUNNING",
            "startDate": STARTED,
        }

    def describe_state_machine_for_execution(self, **parameters: Any) -> dict[str, Any]:
        self._taken("DescribeStateMachineForExecution", parameters)
        destinations = (
            [{"cloudWatchLogsLogGroup": {"logGroupArn": self.log_group}}] if self.log_group else []
        )
        return {
            "definition": self.definition,
            "loggingConfiguration": {"destinations": destinations},
        }

    def get_execution_history(self, **parameters: Any) -> dict[str, Any]:
        events = self._taken("GetExecutionHistory", parameters)
        ordered = list(reversed(events)) if parameters["reverseOrder"] else events
        start = int(parameters.get("nextToken", 0))
        end = start + parameters["maxResults"]
        page = [dict(event) for event in ordered[start:end]]
        if not parameters["includeExecutionData"]:
            for event in page:
                for key in [key for key in event if key.endswith("Details")]:
                    event[key] = {
                        name: value
                        for name, value in event[key].items()
                        if name not in ("input", "output", "parameters")
                    }
        return {"events": page, **({"nextToken": str(end)} if end < len(ordered) else {})}

    def _taken(self, operation: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        validate_parameters(parameters, self._model.operation_model(operation).input_shape)
        self.asked.append(operation)
        if operation in self.refuse_always:
            raise refusal(self.refuse_always[operation])
        if self.refuse:
            raise refusal(self.refuse.pop(0))
        if parameters["executionArn"] not in self.histories:
            raise refusal("ExecutionDoesNotExist")
        return self.histories[parameters["executionArn"]]


class Time:
    """Passes only while somebody pauses."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.paused: list[float] = []

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.now += seconds


def reader_of(fake: FakeStepFunctions, time: Time | None = None, **more: Any) -> Reader:
    """One that waits for turns and after throttling in this time: at once."""
    time = time or Time()
    return Reader(fake, CallBudget(), clock=lambda: time.now, pause=time.pause, **more)
