"""moto's interpreter: runs any definition with Python functions, and tells a correct history.

    with moto_interpreter({"greet": lambda event: {"hello": event["name"]}}) as interpreter:
        run = interpreter.run(definition, {"name": "you"})
        assert run.status == "SUCCEEDED"
        run.events()                     # as boto3 returns them: GetExecutionHistory

A function is found by its name, whether the definition says the name or an ARN, with or without a
qualifier. What it raises is what Lambda makes of it: the error is the class's name, the cause is
JSON; `LambdaRefusal` is an error of the service itself. Waits and backoffs do not wait: they are
told to `passed(seconds)`, for a clock of the test's own. Timeouts of callbacks do wait: divided by
`timeouts_faster`; one that ran out is then told. A token that a function received is answered with
`interpreter.client` (`send_task_success` and its like), from within the function or later.

Patches of private names of moto, which is pinned; tests/contract/test_moto_interpreter.py
fails when one of them has no effect any more.
"""

import io
import itertools
import json
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
    state_task_service_sfn,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackEndpoint,
    HeartbeatEndpoint,
)

REGION = "eu-west-1"
ROLE = "arn:aws:iam::123456789012:role/interpreter"
_PATIENCE = 300.0

LambdaCall = Callable[[Any], Any]


class LambdaRefusal(Exception):
    """Raised by a function to stand for the Lambda service itself refusing the call."""

    def __init__(self, code: str = "TooManyRequestsException", status: int = 429) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Run:
    """One execution."""

    arn: str
    client: Any

    @property
    def status(self) -> str:
        """As DescribeExecution tells it now."""
        return str(self.client.describe_execution(executionArn=self.arn)["status"])

    def events(self) -> list[dict[str, Any]]:
        """The history so far, oldest first."""
        history: list[dict[str, Any]] = self.client.get_execution_history(executionArn=self.arn)[
            "events"
        ]
        return history

    def until(self, condition: Callable[["Run"], bool], seconds: float = _PATIENCE) -> "Run":
        """Wait for something; the history so far is in the message when it does not come."""
        deadline = time.monotonic() + seconds
        while not condition(self):
            if time.monotonic() > deadline:
                seen = "\n".join(f"{event['id']} {event['type']}" for event in self.events())
                raise TimeoutError(f"{self.arn} is {self.status} after {seconds} s:\n{seen}")
            time.sleep(0.01)
        return self

    def finished(self) -> "Run":
        """Wait for the end."""
        return self.until(lambda run: run.status != "RUNNING")


@dataclass(kw_only=True)
class MotoInterpreter:
    """State machines and executions in this process."""

    functions: Mapping[str, LambdaCall]
    client: Any
    called: list[tuple[str, Any]] = field(default_factory=list)
    """Each call of a function: its name and the event, in the order in which they came."""

    waited: list[float] = field(default_factory=list)
    """Seconds of waits, backoffs and timeouts that ran out, in the order of their telling."""

    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def create(self, definition: Mapping[str, Any] | str, name: str | None = None) -> str:
        """A state machine; its ARN."""
        text = definition if isinstance(definition, str) else json.dumps(definition)
        made = self.client.create_state_machine(
            name=name or f"machine-{next(self._numbers)}", definition=text, roleArn=ROLE
        )
        return str(made["stateMachineArn"])

    def start(self, machine: str, given: Any = None, name: str | None = None) -> Run:
        """Start an execution, and do not wait for its end."""
        started = self.client.start_execution(
            stateMachineArn=machine,
            name=name or f"run-{next(self._numbers)}",
            input=json.dumps({} if given is None else given),
        )
        return Run(arn=str(started["executionArn"]), client=self.client)

    def run(self, definition: Mapping[str, Any] | str, given: Any = None) -> Run:
        """Run a definition to its end."""
        return self.start(self.create(definition), given).finished()

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        """Lambda's Invoke, as moto calls it."""
        name = _function_name(parameters["FunctionName"])
        if name not in self.functions:
            raise _refused("ResourceNotFoundException", 404, f"Function not found: {name}")
        event = json.loads(parameters.get("Payload") or b"{}")
        self.called.append((name, event))
        answer: dict[str, Any] = {"StatusCode": 200, "ExecutedVersion": "$LATEST"}
        try:
            result = self.functions[name](event)
        except LambdaRefusal as refusal:
            raise _refused(refusal.code, refusal.status, "Rate Exceeded.") from refusal
        except Exception as error:  # noqa: BLE001 - as Lambda does: any exception is an answer
            answer["FunctionError"] = "Unhandled"
            result = {
                "errorMessage": str(error),
                "errorType": type(error).__name__,
                "requestId": str(uuid.uuid4()),
                "stackTrace": traceback.format_tb(error.__traceback__),
            }
        answer["Payload"] = io.BytesIO(json.dumps(result).encode())
        return answer


@contextmanager
def moto_interpreter(
    functions: Mapping[str, LambdaCall] | None = None,
    *,
    passed: Callable[[float], None] | None = None,
    timeouts_faster: float = 20.0,
) -> Iterator[MotoInterpreter]:
    """The interpreter, and with it moto's other services, until the end of the block.

    :param functions: name or ARN → what answers. The mapping may be filled later.
    :param passed: is told the seconds of each Wait and each backoff, from the interpreter's
        threads, instead of waiting them; and those of a callback's timeout when it has run out.
    :param timeouts_faster: TimeoutSeconds and HeartbeatSeconds of callbacks are divided by this.
    """
    settings: Any = {"stepfunctions": {"execute_state_machine": True}}
    credentials = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }
    with ExitStack() as stack:
        stack.enter_context(patch.dict("os.environ", credentials))
        stack.enter_context(mock_aws(config=settings))
        interpreter = MotoInterpreter(
            functions=_ByName(functions if functions is not None else {}),
            client=boto3.client("stepfunctions", region_name=REGION),
        )

        def pass_by(seconds: float) -> None:
            interpreter.waited.append(seconds)
            if passed is not None:
                passed(seconds)

        _patch(stack, interpreter, pass_by, timeouts_faster)
        yield interpreter


def _patch(
    stack: ExitStack,
    interpreter: MotoInterpreter,
    pass_by: Callable[[float], None],
    timeouts_faster: float,
) -> None:
    class Time:
        sleep = staticmethod(pass_by)

    def wait_interval(_self: Any, env: Any, wait_seconds: float) -> None:
        pass_by(wait_seconds)

    beat, wait = HeartbeatEndpoint.clear_and_wait, CallbackEndpoint.wait

    def clear_and_wait(endpoint: Any) -> bool:
        seconds = endpoint._heartbeat_seconds
        endpoint._heartbeat_seconds = seconds / timeouts_faster
        try:
            return beat(endpoint)
        finally:
            endpoint._heartbeat_seconds = seconds

    def wait_for_callback(endpoint: Any, timeout: float | None = None) -> Any:
        if timeout is None:
            return wait(endpoint)
        outcome = wait(endpoint, timeout / timeouts_faster)
        if not endpoint._notify_event.is_set():
            pass_by(timeout)
        return outcome

    put = stack.enter_context
    put(patch.object(lambda_eval_utils, "boto_client_for", lambda **_: interpreter))
    put(patch.object(retrier_decl, "time", Time))
    put(patch.object(WaitFunction, "_wait_interval", wait_interval))
    put(patch.object(HeartbeatEndpoint, "clear_and_wait", clear_and_wait))
    put(patch.object(CallbackEndpoint, "wait", wait_for_callback))
    # Nested executions: moto hands on the definition's capital letters, which its own API refuses.
    nested = _NestedExecutions(interpreter.client)
    service = state_task_service_sfn.StateTaskServiceSfn
    put(patch.object(state_task_service_sfn, "boto_client_for", lambda **_: nested))
    put(patch.object(service, "_normalise_response", lambda _self, response, **_: _told(response)))
    # How often a nested execution is looked at.
    put(patch.object(state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", 0.01))


@dataclass(frozen=True)
class _NestedExecutions:
    """Step Functions as a Task of a state machine calls it: `StateMachineArn`, `ExecutionArn`."""

    client: Any

    def start_execution(self, **parameters: Any) -> dict[str, Any]:
        """StartExecution."""
        parameters = {name[0].lower() + name[1:]: value for name, value in parameters.items()}
        parameters.setdefault("name", str(uuid.uuid4()))
        answer: dict[str, Any] = self.client.start_execution(**parameters)
        answer.pop("ResponseMetadata")
        _told(answer)
        return answer

    def describe_execution(self, **parameters: Any) -> Any:
        """DescribeExecution."""
        return self.client.describe_execution(**parameters)


def _told(answer: dict[str, Any]) -> None:
    """An answer of the API as the state machine sees it: capital letters, epoch milliseconds."""
    for name in list(answer):
        value = answer.pop(name)
        answer[name[0].upper() + name[1:]] = (
            int(value.timestamp() * 1000) if isinstance(value, datetime) else value
        )


class _ByName(Mapping[str, LambdaCall]):
    """Functions under their names; the mapping behind may still grow."""

    def __init__(self, functions: Mapping[str, LambdaCall]) -> None:
        self._functions = functions

    def __getitem__(self, name: str) -> LambdaCall:
        for key, function in self._functions.items():
            if _function_name(key) == name:
                return function
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return map(_function_name, self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def _function_name(name_or_arn: str) -> str:
    """`arn:…:function:NAME:QUALIFIER`, `NAME:QUALIFIER` or `NAME` → NAME."""
    return name_or_arn.rpartition(":function:")[2].split(":")[0]


def _refused(code: str, status: int, message: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": str(uuid.uuid4())},
    }
    return ClientError(answer, "Invoke")
