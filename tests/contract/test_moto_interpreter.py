"""moto's interpreter behind our harness: each private name that is patched still has its effect."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.interpreters.moto_interpreter import LambdaRefusal, MotoInterpreter, moto_interpreter

pytestmark = pytest.mark.thorough

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:work"


def task(**more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": ARN, "End": True, **more}


def invoke(name: str = "work", **more: Any) -> dict[str, Any]:
    parameters = {"FunctionName": name, "Payload.$": "$"}
    return task(Resource="arn:aws:states:::lambda:invoke", Parameters=parameters, **more)


def callback(**more: Any) -> dict[str, Any]:
    given = {"FunctionName": "work", "Payload": {"token.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    return task(Resource=resource, Parameters=given, **more)


def machine(state: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "Work", "States": {"Work": state}}


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def test_a_function_is_found_by_name_by_arn_and_by_qualifier() -> None:
    for named in ("work", ARN, f"{ARN}:live", "work:live"):
        with moto_interpreter({ARN: lambda event: event["n"] + 1}) as interpreter:
            run = interpreter.run(machine(invoke(named, OutputPath="$.Payload")), {"n": 1})
            assert run.client.describe_execution(executionArn=run.arn)["output"] == "2"
            assert interpreter.called == [("work", {"n": 1})]


def test_waits_and_backoffs_are_told_and_not_waited() -> None:
    def fail(_event: Any) -> None:
        raise RuntimeError("no")

    passed: list[float] = []
    retry = [{"ErrorEquals": ["RuntimeError"], "IntervalSeconds": 600, "BackoffRate": 2.0}]
    definition = {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "Seconds": 86400, "Next": "Work"},
            "Work": task(Retry=retry),
        },
    }
    began = time.monotonic()
    with moto_interpreter({"work": fail}, passed=passed.append) as interpreter:
        run = interpreter.run(definition)
        assert run.status == "FAILED"
        assert types(run.events()).count("LambdaFunctionScheduled") == 4
    assert passed == interpreter.waited == [86400, 600, 1200, 2400]
    assert time.monotonic() - began < 600


def test_what_a_function_raises_is_what_lambda_makes_of_it() -> None:
    def fail(_event: Any) -> None:
        raise LookupError("no such wave")

    with moto_interpreter({"work": fail}) as interpreter:
        [failed] = [
            event["taskFailedEventDetails"]
            for event in interpreter.run(machine(invoke())).events()
            if event["type"] == "TaskFailed"
        ]
    assert failed["error"] == "LookupError"
    assert '"errorMessage":"no such wave"' in failed["cause"]


def test_the_service_itself_can_refuse() -> None:
    def refuse(_event: Any) -> None:
        raise LambdaRefusal

    with moto_interpreter({"work": refuse}) as interpreter:
        described = interpreter.run(machine(invoke()))
        events = described.events()
    assert events[-1]["executionFailedEventDetails"]["error"] == "Lambda.TooManyRequestsException"


def answer_later(interpreter: MotoInterpreter, answer: Callable[[str], Any]) -> None:
    """Answer the token that the last call received, from outside, once the machine waits."""
    token = interpreter.called[-1][1]["token"]
    thread = threading.Thread(target=answer, args=(token,))
    thread.start()
    thread.join()


def waits_for_answer(run: Any) -> bool:
    return "TaskSubmitted" in types(run.events())


def test_a_callback_is_answered_through_the_client() -> None:
    with moto_interpreter({"work": lambda _event: None}) as interpreter:
        run = interpreter.start(interpreter.create(machine(callback()))).until(waits_for_answer)
        assert run.status == "RUNNING"
        answer_later(
            interpreter,
            lambda token: interpreter.client.send_task_success(taskToken=token, output='{"go": 1}'),
        )
        run.finished()
        assert run.client.describe_execution(executionArn=run.arn)["output"] == '{"go": 1}'


def test_a_callback_is_answered_from_within_the_function() -> None:
    functions: dict[str, Callable[[Any], Any]] = {}
    with moto_interpreter(functions) as interpreter:
        functions["work"] = lambda event: interpreter.client.send_task_failure(
            taskToken=event["token"], error="Refused"
        )
        run = interpreter.run(machine(callback()))
        assert run.events()[-1]["executionFailedEventDetails"]["error"] == "Refused"


def test_timeouts_of_callbacks_are_divided() -> None:
    began = time.monotonic()
    for limit in ({"HeartbeatSeconds": 100, "TimeoutSeconds": 200}, {"TimeoutSeconds": 100}):
        with moto_interpreter({"work": lambda _event: None}, timeouts_faster=1000) as interpreter:
            run = interpreter.run(machine(callback(**limit)))
            assert "TaskTimedOut" in types(run.events())
            assert run.status == "FAILED"
            assert interpreter.waited == ([] if "HeartbeatSeconds" in limit else [100])
    assert time.monotonic() - began < 100


def test_nested_executions_run_in_the_same_place() -> None:
    with moto_interpreter({"work": lambda event: event}) as interpreter:
        child = interpreter.create(machine(task()))
        parent = task(
            Resource="arn:aws:states:::states:startExecution.sync:2",
            Parameters={"StateMachineArn": child, "Input": {"n": 1}, "Name": "child"},
        )
        run = interpreter.run(machine(parent))
        assert run.status == "SUCCEEDED"
        assert interpreter.called == [("work", {"n": 1})]
