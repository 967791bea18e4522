"""A cancel makes good again what was done: it is told as done when it is, not before."""

import json
from typing import Any

import pytest

from breakwater.platform.http.errors import (
    Conflict,
)
from breakwater.timeline.timeline import reconstruct
from breakwater.workflows.engines.step_functions.compensation.compensation_input import (
    compensation_input,
)
from breakwater.workflows.workflow import Action
from tests.unit.workflows.acted_on import refusal
from tests.unit.workflows.acting.scene import OLGA, Scene, compensated, id_of, undoing
from tests.unit.workflows.histories_made import Written, chain, task
from tests.unit.workflows.test_step_functions_engine import waiting


def test_a_cancel_runs_the_compensation_with_the_steps_that_completed() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(2, ended=False))
    assert scene.desk.preview(id_of(arn), Action.CANCEL, by=OLGA)["compensation"]["status"] == (
        "DECLARED"
    )
    done = scene.act(arn, Action.CANCEL)
    assert (done.status, done.new_status, done.workflow_id) == (
        *("accepted", "CANCELLING"),
        id_of(arn),
    )
    [undo] = undoing(scene)
    given = json.loads(undo.input)
    assert [(one["name"], one["output"]) for one in given["steps"]] == [
        ("Step 0", {"b": 2}),
        ("Step 1", {"b": 2}),
    ]
    assert given["compensationOf"]["executionArn"] == arn
    assert (given["outputsOmitted"], given["stepsOmitted"]) == (False, 0)
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLING"
    undo.status = "SUCCEEDED"
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLED"


def test_a_failed_compensation_is_told_never_reads_as_done_and_can_be_run_again() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    [undo] = undoing(scene)
    with pytest.raises(Conflict, match="RUNNING"):
        scene.act(arn, Action.RETRY)
    undo.status, undo.error, undo.cause = "FAILED", "NoBank", "it is closed"
    told = scene.desk.current(id_of(arn), by=OLGA)
    assert (told.status, told.error) == ("CANCELLING", "CompensationFailed")
    assert "it is closed" in str(told.cause)
    preview = scene.desk.preview(id_of(arn), Action.RETRY, by=OLGA)
    assert preview["compensation"]["error"] == "NoBank"
    with pytest.raises(Conflict, match="whole"):
        scene.act(arn, Action.RETRY, fromStep="Step 0")
    assert len(undoing(scene)) == 1
    again = scene.act(arn, Action.RETRY)
    assert again.new_status == "CANCELLING"
    first, second = undoing(scene)
    assert (first.input, second.status) == (second.input, "RUNNING")
    assert second.name == f"{first.name}-2"
    second.status = "SUCCEEDED"
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLED"


def test_a_compensation_that_was_deleted_with_its_machine_can_be_run_again() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    [undo] = undoing(scene)
    del scene.aws.executions[undo.arn], scene.aws.histories[undo.arn]
    told = scene.desk.current(id_of(arn), by=OLGA)
    assert (told.status, told.error) == ("CANCELLING", "CompensationFailed")
    assert "nobody can tell" in str(told.cause)
    assert scene.act(arn, Action.RETRY).new_status == "CANCELLING"
    [again] = undoing(scene)
    assert again.name.endswith("-2")
    again.status = "SUCCEEDED"
    assert scene.desk.current(id_of(arn), by=OLGA).status == "CANCELLED"


def test_what_was_made_good_again_is_not_redriven_but_starts_anew() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    undoing(scene)[0].status = "SUCCEEDED"
    told = scene.desk.preview(id_of(arn), Action.RETRY, by=OLGA)
    assert told["way"] == "new"
    assert "made good again" in told["redriveStatusReason"]
    done = scene.act(arn, Action.RETRY)
    assert done.workflow_id != id_of(arn)
    assert scene.aws.executions[arn].redrives == 0


def test_it_is_started_once_for_each_try_whoever_asks_how_often() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    now = scene.engine._now(id_of(arn))
    for _ in range(3):
        scene.engine._compensations.begin(now)
        scene.engine._compensations.again(now)
    assert len(undoing(scene)) == 1


def test_without_leave_to_start_the_compensation_nothing_is_stopped() -> None:
    scene = compensated(actions="no")
    arn = scene.aws.has("one")
    with pytest.raises(Conflict, match="Nothing was stopped"):
        scene.act(arn, Action.CANCEL)
    assert scene.aws.executions[arn].status == "RUNNING"
    assert scene.act(arn, Action.CANCEL, compensate=False).new_status == "CANCELLED"
    assert undoing(scene) == []


def test_where_none_is_declared_it_is_not_compensated_and_asked_for_all_the_same_a_409() -> None:
    scene = Scene()
    arn = scene.aws.has("one")
    with pytest.raises(Conflict, match="declares no compensation"):
        scene.act(arn, Action.CANCEL, compensate=True)
    assert scene.act(arn, Action.CANCEL).new_status == "CANCELLED"


def test_redriven_since_a_cancel_is_a_cancel_of_its_own() -> None:
    scene = compensated()
    arn = scene.aws.has("one", events=chain(1, ended=False))
    scene.act(arn, Action.CANCEL)
    one = scene.aws.executions[arn]
    one.status, one.redrives = "RUNNING", 1  # by somebody, in AWS's own console
    scene.act(arn, Action.CANCEL)
    assert len(undoing(scene)) == 2


@pytest.mark.parametrize(("steps", "size", "omitted"), [(3, 200_000, 0), (4000, 10, None)])
def test_what_step_functions_would_not_take_is_left_out_and_told(
    steps: int, size: int, omitted: int | None
) -> None:
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    for number in range(steps):
        task(write, f"Step {number} {'x' * 60}", output=json.dumps("o" * size))
    text = compensation_input(
        reconstruct(write.events), execution_arn="a", machine="m", by="olga", reason="why"
    )
    told = json.loads(text)
    assert len(text.encode()) <= 250_000
    assert told["outputsOmitted"]
    assert told["stepsOmitted"] == (steps - len(told["steps"]) if omitted is None else omitted)
    assert told["steps"][-1]["name"].startswith(f"Step {steps - 1} ")


def test_only_tasks_that_succeeded_are_given_to_a_compensation() -> None:
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    write("PassStateEntered", 0, stateEnteredEventDetails={"name": "Prepare", "input": "{}"})
    write("PassStateExited", stateExitedEventDetails={"name": "Prepare", "output": "{}"})
    task(write, "Charge")
    called = {"resourceType": "lambda", "resource": "invoke"}
    write("TaskStateEntered", stateEnteredEventDetails={"name": "Mail", "input": "{}"})
    write("TaskScheduled", taskScheduledEventDetails={**called, "parameters": "{}"})
    write("TaskFailed", taskFailedEventDetails={**called, "error": "Away", "cause": "away"})
    write("TaskStateExited", stateExitedEventDetails={"name": "Mail", "output": "{}"})  # caught
    text = compensation_input(
        reconstruct(write.events), execution_arn="arn", machine="m", by="olga", reason="why"
    )
    assert [one["name"] for one in json.loads(text)["steps"]] == ["Charge"]


def test_half_a_letter_in_an_output_keeps_no_compensation_from_its_start() -> None:
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    task(write, "Charge", output=r'"\ud800"')
    text = compensation_input(
        reconstruct(write.events), execution_arn="a", machine="m", by="olga", reason="why"
    )
    assert json.loads(text.encode().decode())["steps"][0]["output"] == "?"


def test_a_compensation_is_given_no_task_token() -> None:
    scene = compensated()
    events = waiting()[:-1]
    arn = scene.aws.has("one", events=events)
    scene.act(arn, Action.CANCEL)
    [undo] = undoing(scene)
    assert "short-token-of-an-odd-service" not in undo.input
    assert [one["name"] for one in json.loads(undo.input)["compensationOf"]["interrupted"]] == [
        "Ask"
    ]


def test_a_compensation_machine_that_does_not_exist_is_told_with_what_is_possible() -> None:
    scene = compensated()
    arn = scene.aws.has("one")
    known = scene.aws.list_tags_for_resource

    def tags(**words: Any) -> Any:
        if words["resourceArn"].endswith(":undo-orders"):
            raise refusal("ResourceNotFound", "no such thing")
        return known(**words)

    scene.aws.list_tags_for_resource = tags  # type: ignore[method-assign]
    with pytest.raises(Conflict, match="compensate=false"):
        scene.act(arn, Action.CANCEL)
    assert scene.aws.executions[arn].status == "RUNNING"
    assert scene.act(arn, Action.CANCEL, compensate=False).new_status == "CANCELLED"
