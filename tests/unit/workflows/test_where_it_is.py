"""Where an execution is, and whether it is held, also while AWS is busy or its history is long."""

import json
from typing import Any

import pytest

from breakwater.platform.http.errors import Unavailable
from breakwater.workflows.engine_port import StepsAsked
from tests.unit.timeline.fake_step_functions import refusal
from tests.unit.workflows.histories_made import Events, Written, chain, task
from tests.unit.workflows.test_step_functions_engine import ID, TOKEN, Scene, waiting


def test_throttled_it_tells_what_is_known_how_old_it_is_and_when_it_will_try_again() -> None:
    scene = Scene(chain(3, ended=False), status="RUNNING", confirmed_at="2026-11-20T11:59:00.000Z")
    scene.aws.refuse = ["ThrottlingException"] * 50
    told = scene.engine.describe(ID)
    assert told.workflow.status == "RUNNING"
    assert told.steps.steps == ()
    assert told.stale is not None
    assert (told.stale.as_of, told.stale.retry_after_seconds) == ("2026-11-20T11:59:00.000Z", 5)
    scene.aws.refuse = []
    assert len(scene.engine.describe(ID).steps.steps) == 3
    scene.aws.refuse = ["ThrottlingException"] * 50
    again = scene.engine.describe(ID)
    assert len(again.steps.steps) == 3
    assert again.stale is not None
    with pytest.raises(Unavailable):
        scene.engine.steps(ID, StepsAsked())


def test_throttled_before_tokens_were_learned_no_cause_gives_one_away() -> None:
    scene = Scene(waiting(), status="FAILED")
    known, once = scene.aws.get_execution_history, iter([True])

    def then_busy(**parameters: Any) -> dict[str, Any]:
        """The history without payloads, and nothing after it."""
        if next(once, False):
            return known(**parameters)
        raise refusal("ThrottlingException")

    scene.aws.get_execution_history = then_busy  # type: ignore[method-assign]
    told = scene.engine.describe(ID)
    assert told.stale is not None
    text = json.dumps([told.steps.steps, told.failure, told.segments], default=str)
    assert "short-token-of-an-odd-service" not in text


HELD = {
    "askedAt": "2026-11-20T11:00:00.000Z",
    "isHeld": True,
    "name": "Approval",
    "since": "2026-11-20T11:00:00.000Z",
    "until": "2026-11-21T11:00:00.000Z",
}


def test_whether_it_is_paused_its_history_says_whatever_its_row_says() -> None:
    told = Scene(chain(2, ended=False), "RUNNING", gate=HELD).engine.describe(ID)
    assert told.workflow.status == "RUNNING"


def test_without_its_history_it_is_paused_where_its_row_says_so() -> None:
    scene = Scene(chain(2, ended=False), "RUNNING", gate=HELD)
    scene.aws.refuse = ["ThrottlingException"] * 50
    told = scene.engine.describe(ID)
    assert told.stale is not None
    assert (told.workflow.status, told.workflow.progress.current_step) == ("PAUSED", "Approval")


GATED = json.dumps(
    {
        "StartAt": "Both",
        "States": {
            "Both": {
                "Type": "Parallel",
                "End": True,
                "Branches": [
                    {
                        "StartAt": "Approval",
                        "States": {
                            "Approval": {
                                "Type": "Task",
                                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                                "Parameters": {"FunctionName": "gate"},
                                "End": True,
                            }
                        },
                    },
                    {"StartAt": "Busy", "States": {"Busy": {"Type": "Task", "End": True}}},
                ],
            }
        },
    }
)


def held_beside(tasks: int) -> Events:
    """A branch that waits at its gate, and one that did so many tasks meanwhile."""
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    write("ParallelStateEntered", 0, stateEnteredEventDetails={"name": "Both", "input": "{}"})
    both = write("ParallelStateStarted")
    write("TaskStateEntered", both, stateEnteredEventDetails={"name": "Approval", "input": "{}"})
    told = {"resourceType": "lambda", "resource": "invoke.waitForTaskToken"}
    given = json.dumps({"FunctionName": "gate", "Payload": {"token": TOKEN}})
    write("TaskScheduled", taskScheduledEventDetails={**told, "parameters": given})
    write("TaskStarted", taskStartedEventDetails=told)
    for number in range(tasks):
        entered = task(write, "Busy")
        if not number:
            write.events[entered - 1]["previousEventId"] = both
    return write.events


@pytest.mark.parametrize("tasks", [1, 500])
def test_a_branch_that_is_held_is_found_however_much_another_did_meanwhile(tasks: int) -> None:
    scene = Scene(held_beside(tasks), "RUNNING", gate=HELD)
    scene.aws.definition = GATED
    told = scene.engine.describe(ID)
    assert (told.stale, told.workflow.status) == (None, "PAUSED")


def test_where_only_the_end_of_a_long_history_is_throttled_that_is_told_too() -> None:
    scene = Scene(chain(1000, ended=False), "RUNNING", gate=HELD)
    known = scene.aws.get_execution_history

    def refused(**parameters: Any) -> dict[str, Any]:
        if parameters["reverseOrder"]:
            raise refusal("ThrottlingException")
        return known(**parameters)

    scene.aws.get_execution_history = refused  # type: ignore[method-assign]
    told = scene.engine.describe(ID)
    assert len(told.steps.steps) == 50
    assert told.stale is not None
    assert told.stale.retry_after_seconds == 5
    # Where it is now nobody knows: it is not taken from its beginning.
    assert (told.workflow.status, told.workflow.progress.current_step) == ("PAUSED", "Approval")
    scene.aws.refuse = ["ThrottlingException"] * 50
    again = scene.engine.describe(ID)
    assert again.stale is not None
    assert again.workflow.progress.current_step == "Approval"
