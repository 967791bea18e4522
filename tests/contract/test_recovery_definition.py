"""The synthesized definition in an interpreter that refuses what AWS refuses: every way it has."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from breakwater.recovery.engine.status import RunStatus
from tests.infrastructure.synthesized import Synthesized, state_machine
from tests.interpreters.moto_interpreter import (
    LambdaCall,
    LambdaRefusal,
    MotoInterpreter,
    Run,
    moto_interpreter,
)
from tests.interpreters.recovery_walks import WALKS, Walk, entered, taken, ways
from tests.interpreters.scripted_engine import act

pytestmark = pytest.mark.thorough

FUNCTIONS = ("begin", "update_wave_status", "store_task_token", "resume_wave", "record_failure")


@pytest.fixture(scope="module")
def definition(synthesized: dict[str, Synthesized]) -> dict[str, Any]:
    return state_machine(synthesized["prod"])


@pytest.fixture
def functions() -> dict[str, LambdaCall]:
    """By handler; a test may put another in place of one."""

    def answer(token: str, state: dict[str, Any]) -> None:
        client = boto3.client("stepfunctions", region_name="eu-west-1")
        client.send_task_success(taskToken=token, output=json.dumps(state))

    def named(name: str) -> LambdaCall:
        return lambda event: act(name, event, answer)

    return {name: named(name) for name in FUNCTIONS}


@pytest.fixture
def interpreter(functions: dict[str, LambdaCall]) -> Iterator[MotoInterpreter]:
    with moto_interpreter(functions, timeouts_faster=600) as made:
        yield made


def ended(run: Run) -> tuple[str, str | None, str | None]:
    """How it ended: status, error, cause."""
    said = run.client.describe_execution(executionArn=run.arn)
    return said["status"], said.get("error"), said.get("cause")


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_a_run_goes_the_way_that_its_functions_lead(
    walk: Walk, definition: dict[str, Any], interpreter: MotoInterpreter
) -> None:
    run = interpreter.run(definition, walk.given)
    assert entered(run.events()) == walk.through
    status, error, cause = ended(run)
    assert (status, error) == ("FAILED" if walk.error else "SUCCEEDED", walk.error)
    assert (cause or "").startswith(walk.cause)


def test_together_they_take_every_way_there_is(definition: dict[str, Any]) -> None:
    assert taken(WALKS) == ways(definition)


def test_every_status_of_a_run_leads_somewhere_on_purpose(definition: dict[str, Any]) -> None:
    """PENDING is before the machine; the rest is told apart. A status added later fails here."""
    choices = definition["States"]["DetermineWavePlanState"]["Choices"]
    named = {
        rule["StringEquals"]
        for choice in choices
        for rule in choice.get("Or", [choice])
        if "StringEquals" in rule
    }
    assert named == {status.value for status in RunStatus} - {"PENDING"}


class TestErrorsThatPass:
    """Nobody hears of them."""

    @pytest.mark.parametrize("error", [LambdaRefusal(), ConnectionError("DRS does not answer")])
    @pytest.mark.parametrize("name", FUNCTIONS[:4])
    def test_are_tried_again_until_they_have_passed(
        self,
        name: str,
        error: Exception,
        definition: dict[str, Any],
        functions: dict[str, LambdaCall],
        interpreter: MotoInterpreter,
    ) -> None:
        well, calls = functions[name], iter(range(100))

        def faulty(event: Any) -> Any:
            if next(calls) < 8:
                raise error
            return well(event)

        functions[name] = faulty
        [walk] = [walk for walk in WALKS if walk.name == "held before the first wave, and released"]
        run = interpreter.run(definition, walk.given)
        assert entered(run.events()) == walk.through
        assert ended(run)[0] == "SUCCEEDED"

    def test_are_waited_for_some_minutes_and_those_of_lambda_itself_longer(
        self, definition: dict[str, Any]
    ) -> None:
        """Jitter makes each wait anything up to what is said, so half of it in the long run."""
        for name, state in definition["States"].items():
            if state["Type"] == "Task":
                of_lambda, of_ours = state["Retry"]
                assert "Lambda.TooManyRequestsException" in of_lambda["ErrorEquals"], name
                assert 10 <= minutes(of_lambda) <= 30, name
                assert "States.TaskFailed" in of_ours["ErrorEquals"], name
                assert 2 <= minutes(of_ours) <= 10, name

    def test_a_pause_that_ran_out_is_none_of_them(self, definition: dict[str, Any]) -> None:
        for retry in definition["States"]["WaitForResume"]["Retry"]:
            assert "States.Timeout" not in retry["ErrorEquals"]


def minutes(retry: dict[str, Any]) -> float:
    """How long is tried, usually."""
    assert retry["JitterStrategy"] == "FULL"
    waits = [
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
        for attempt in range(retry["MaxAttempts"])
    ]
    return float(sum(waits)) / 2 / 60


def test_a_task_token_is_given_to_one_function_only(definition: dict[str, Any]) -> None:
    holding = {
        name for name, state in definition["States"].items() if "$$.Task.Token" in json.dumps(state)
    }
    assert holding == {"WaitForResume"}


def test_what_answers_a_token_is_the_state_object_as_it_is(definition: dict[str, Any]) -> None:
    """The invoking tasks unwrap Lambda's answer; the callback must not."""
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            assert state.get("OutputPath") == (None if name == "WaitForResume" else "$.Payload")
