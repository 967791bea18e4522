"""Any execution in detail: as much of its history as is shown, and never a task token."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from breakwater import contract
from breakwater.index.row import shown
from breakwater.platform.http.errors import BadRequest, Gone, NotFound
from breakwater.workflows.engine_port import StepsAsked
from breakwater.workflows.engines.step_functions.compensation.undoings import Undoings
from breakwater.workflows.engines.step_functions.definition_told import (
    definition_of,
    expected_steps,
)
from breakwater.workflows.engines.step_functions.function_logs import FunctionLogs
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.engines.step_functions.step_functions_engine import StepFunctionsEngine
from breakwater.workflows.rollups.profile import MachineProfile, StepProfile
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from tests.unit.timeline.fake_step_functions import FakeStepFunctions, reader_of, refusal
from tests.unit.workflows.conftest import NOW, STATES, SomeProfiles, row
from tests.unit.workflows.histories_made import Events, Written, chain, fan, task

MACHINE = f"{STATES}:stateMachine:orders"
ARN = f"{STATES}:execution:orders:one"
ID = WorkflowId(EngineName.STEP_FUNCTIONS, ARN)
TOKEN = "AQC" + "secret/Token+" * 20


class Rows:
    """The index with one row, or none."""

    def __init__(self, values: dict[str, Any] | None) -> None:
        self.values = values

    def get(self, execution_arn: str) -> dict[str, Any] | None:
        return self.values if execution_arn == ARN else None


class Tags:
    def tags(self, machine_arns: Any) -> Mapping[str, Mapping[str, str]]:
        return {MACHINE: {"team": "shop", contract.GATE_TAG: "gate"}}


class NotUndone:
    def of(self, execution_arns: Any) -> Mapping[str, Any]:
        return {}


class Logs:
    """Lambda and CloudWatch Logs."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}

    def get_function_configuration(self, **_words: Any) -> dict[str, Any]:
        return {"LoggingConfig": {"LogGroup": "/aws/lambda/charge-logs"}}

    def filter_log_events(self, **words: Any) -> dict[str, Any]:
        self.asked = words
        return {"events": [{"timestamp": 1_790_000_000_000, "message": f"token={TOKEN}\n"}]}


class Scene:
    """An engine over one history."""

    def __init__(self, events: Events | None, status: str = "SUCCEEDED", **given: Any) -> None:
        known = given.pop("known", True)
        self.aws = FakeStepFunctions({ARN: events} if events is not None else {})
        self.profiles = SomeProfiles()
        self.logs = Logs()
        values = {k: v for k, v in row("one", status=status, **given).to_values().items() if v}
        reader = reader_of(self.aws)
        self.engine = StepFunctionsEngine(
            pager=Rows(shown(values) if known else None),  # type: ignore[arg-type]
            executions=reader,
            timelines=GrowingTimelines(reader, lambda: NOW),
            notes=Tags(),
            profiles=self.profiles,
            logs=FunctionLogs(self.logs, self.logs),
            undoings=Undoings(NotUndone(), reader),
            clock=lambda: NOW,
        )

    def asked(self, operation: str = "GetExecutionHistory") -> int:
        count = self.aws.asked.count(operation)
        self.aws.asked.clear()
        return count

    def walk(self, limit: int = 50, **where: str) -> list[Mapping[str, Any]]:
        """Everything at one place, page after page."""
        found: list[Mapping[str, Any]] = []
        cursor = None
        while True:
            page = self.engine.steps(ID, StepsAsked(cursor=cursor, limit=limit, **where))
            found += [*page.steps, *page.lanes]
            cursor = page.next_cursor
            if cursor is None:
                return found


def test_the_first_page_of_a_thousand_steps_costs_what_ten_steps_cost() -> None:
    long, short = Scene(chain(1000)), Scene(chain(10))
    told = long.engine.describe(ID)
    short.engine.describe(ID)
    assert len(told.steps.steps) == 50
    assert told.steps.next_cursor
    # One more, for how it ended: that stands at the other end.
    assert (long.asked(), short.asked()) == (2, 1)


def test_later_pages_go_on_from_what_was_read() -> None:
    scene = Scene(chain(1000))
    names = [one["name"] for one in scene.walk()]
    assert names == [f"Step {number}" for number in range(1000)]
    assert scene.asked() == 6  # 5,002 events, each once
    assert [one["name"] for one in scene.walk()] == names
    assert scene.asked() == 0


def test_what_runs_is_read_on_from_its_last_event() -> None:
    events = chain(3, ended=False)
    scene = Scene(events, status="RUNNING")
    assert len(scene.walk()) == 3
    scene.aws.histories[ARN] = chain(5)
    assert len(scene.walk()) == 5
    assert scene.walk()[0]["id"] == "2"


def test_a_page_of_iterations_holds_what_there_is_room_for_and_cursors_for_the_rest() -> None:
    scene = Scene(fan(120))
    told = scene.engine.describe(ID)
    [fanned, after] = told.steps.steps
    assert (fanned["laneCount"], after["name"]) == (120, "After")
    inside = [lane for lane in fanned["lanes"] if lane["steps"]]
    assert len(inside) == 48
    assert fanned["lanesCursor"]
    lanes = scene.walk(within=fanned["id"])
    assert [lane["index"] for lane in lanes] == list(range(120))
    steps = scene.walk(within=fanned["id"], lane=lanes[99]["id"])
    assert [step["name"] for step in steps] == ["Each"]


def test_a_step_stands_beside_its_own_p50_and_p95() -> None:
    scene = Scene(chain(2))
    usual = {"Step 1": StepProfile(p50=0.1, p95=0.2, count=20)}
    scene.profiles.known[MACHINE] = MachineProfile(
        state_machine_arn=MACHINE, samples=20, p50=1.0, p95=2.0, median_steps=2, steps=usual
    )
    told = scene.engine.describe(ID)
    assert told.metadata["usual"] == {"p50Seconds": 1.0, "p95Seconds": 2.0, "samples": 20}
    first, second = told.steps.steps
    assert (first["p50Seconds"], first["samples"], first["isSlow"]) == (None, 0, False)
    assert (second["p50Seconds"], second["p95Seconds"], second["isSlow"]) == (0.1, 0.2, True)


def test_the_detail_tells_definition_progress_and_segments() -> None:
    told = Scene(chain(2, ended=False), status="RUNNING").engine.describe(ID)
    assert told.definition is not None
    assert (told.definition["name"], told.definition["startAt"]) == ("orders", "A")
    assert (told.workflow.progress.completed, told.workflow.progress.estimated) == (2, True)
    assert [one["status"] for one in told.segments] == ["RUNNING"]
    assert told.workflow.tags["team"] == "shop"
    assert told.stale is None


def test_an_end_that_the_index_has_not_heard_of_is_told() -> None:
    told = Scene(chain(2), status="RUNNING").engine.describe(ID)
    assert (told.workflow.status, told.workflow.progress.percent) == ("COMPLETED", 100)


def failing(long: int = 0) -> Events:
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    for number in range(long):
        task(write, f"Step {number}")
    write("TaskStateEntered", stateEnteredEventDetails={"name": "Charge", "input": "{}"})
    told = {"resourceType": "lambda", "resource": "invoke"}
    parameters = json.dumps({"FunctionName": "charge:live", "Payload": {}})
    write("TaskScheduled", taskScheduledEventDetails={**told, "parameters": parameters})
    write("TaskStarted", taskStartedEventDetails=told)
    cause = json.dumps(
        {"errorMessage": "no card", "errorType": "NoCard", "requestId": REQUEST, "stackTrace": []}
    )
    write("TaskFailed", taskFailedEventDetails={**told, "error": "NoCard", "cause": cause})
    write("ExecutionFailed", executionFailedEventDetails={"error": "NoCard", "cause": cause})
    return write.events


REQUEST = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize("long", [0, 400])
def test_a_failure_is_told_however_long_the_history_is(long: int) -> None:
    scene = Scene(failing(long), status="FAILED", error="NoCard")
    failure = scene.engine.describe(ID).failure
    assert failure is not None
    assert (failure["error"], failure["stepName"]) == ("NoCard", "Charge")
    assert failure["functionError"]["requestId"] == REQUEST
    step = scene.engine.step(ID, failure["stepId"])
    assert step["step"]["name"] == "Charge"


def test_the_log_of_a_failed_call_is_found_by_its_request_id_and_redacted() -> None:
    scene = Scene(failing(), status="FAILED")
    told = scene.engine.logs(ID, "2")
    assert (told["functionName"], told["requestId"]) == ("charge", REQUEST)
    assert scene.logs.asked["logGroupName"] == "/aws/lambda/charge-logs"
    assert scene.logs.asked["filterPattern"] == f'"{REQUEST}"'
    assert [TOKEN in str(line["message"]) for line in told["items"]] == [False]


def test_of_a_success_the_integration_tells_the_request_id() -> None:
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    output = json.dumps({"SdkResponseMetadata": {"RequestId": REQUEST}})
    given = json.dumps({"FunctionName": "arn:aws:lambda:eu-west-1:111122223333:function:pay"})
    entered = task(write, "Pay", input=given, output=output)
    told = Scene(write.events).engine.logs(ID, str(entered))
    assert (told["functionName"], told["requestId"]) == ("pay", REQUEST)


def test_where_there_is_no_log_the_reason_is_told() -> None:
    told = Scene(chain(1)).engine.logs(ID, "2")
    assert told["items"] == []
    assert "request id" in told["reason"]


ODD_TOKEN = "short-token-of-an-odd-service"
MACHINE_THAT_ASKS = json.dumps(
    {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"FunctionName": "ask"},
                "End": True,
            }
        },
    }
)


def waiting(before: int = 0, between: int = 0) -> Events:
    """A task that waits for its token, which a later failure quotes in its own words."""
    token = ODD_TOKEN
    write = Written()
    write("ExecutionStarted", executionStartedEventDetails={"input": "{}"})
    for number in range(before):
        task(write, f"Step {number}")
    write("TaskStateEntered", stateEnteredEventDetails={"name": "Ask", "input": "{}"})
    told = {"resourceType": "lambda", "resource": "invoke.waitForTaskToken"}
    given = json.dumps({"FunctionName": "ask", "Payload": {"taskToken": token, "long": TOKEN}})
    write("TaskScheduled", taskScheduledEventDetails={**told, "parameters": given})
    write("TaskStarted", taskStartedEventDetails=told)
    for number in range(between):
        task(write, f"Later {number}")
    cause = f"nobody answered {token}"
    write("TaskFailed", taskFailedEventDetails={**told, "error": "Late", "cause": cause})
    write("ExecutionFailed", executionFailedEventDetails={"error": "Late", "cause": cause})
    return write.events


def test_no_answer_carries_a_task_token() -> None:
    scene = Scene(waiting(), status="FAILED")
    told = scene.engine.describe(ID)
    everything = [told.steps.steps, told.failure, told.segments, told.metadata]
    everything += [scene.engine.step(ID, "2"), scene.walk()]
    text = json.dumps(everything, default=str)
    assert "nobody answered" in text
    assert ODD_TOKEN not in text
    assert TOKEN not in text


@pytest.mark.parametrize(
    ("before", "between"), [(300, 0), (300, 300), (300, 600), (0, 600)], ids=str
)
def test_the_cause_of_a_long_history_carries_no_token_wherever_it_was_handed_out(
    before: int, between: int
) -> None:
    events = waiting(before, between)
    scene = Scene(events, status="FAILED", error="Late", cause=f"nobody answered {ODD_TOKEN}")
    scene.aws.definition = MACHINE_THAT_ASKS
    told = scene.engine.describe(ID)
    text = json.dumps([told.failure, told.segments, told.workflow.to_json()], default=str)
    assert text.count("nobody answered") >= 3
    assert ODD_TOKEN not in text


def test_a_long_history_that_failed_is_read_whole_only_where_tokens_are_handed_out() -> None:
    scene = Scene(failing(700), status="FAILED", error="NoCard")
    assert scene.engine.describe(ID).failure is not None
    assert scene.asked() == 2  # its beginning and its end


def test_where_tokens_cannot_be_learned_now_the_cause_is_told_another_time() -> None:
    scene = Scene(waiting(300, 600), status="FAILED", error="Late")
    scene.aws.definition = MACHINE_THAT_ASKS
    known, calls = scene.aws.get_execution_history, iter(range(100))

    def then_busy(**parameters: Any) -> dict[str, Any]:
        if next(calls) < 2:
            return known(**parameters)
        raise refusal("ThrottlingException")

    scene.aws.get_execution_history = then_busy  # type: ignore[method-assign]
    told = scene.engine.describe(ID)
    assert told.failure is None
    assert told.stale is not None
    assert ODD_TOKEN not in json.dumps([told.steps.steps, told.segments], default=str)


def test_an_execution_that_nobody_knows_is_404() -> None:
    with pytest.raises(NotFound):
        Scene(None, known=False).engine.describe(ID)


def test_what_the_index_does_not_have_yet_step_functions_tells() -> None:
    told = Scene(chain(1), known=False).engine.describe(ID)
    assert (told.workflow.status, told.workflow.type) == ("COMPLETED", "Plan")


def test_one_whose_history_is_not_kept_any_more_is_410_with_what_is_known() -> None:
    with pytest.raises(Gone) as gone:
        Scene(None).engine.describe(ID)
    assert gone.value.details["status"] == "SUCCEEDED"  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "where", [{"within": "999"}, {"within": "x"}, {"within": "2", "lane": "9.9"}]
)
def test_a_step_that_is_not_there_is_404(where: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        Scene(chain(2)).engine.steps(ID, StepsAsked(**where))
    with pytest.raises(NotFound):
        Scene(chain(2)).engine.step(ID, "77")


def test_a_cursor_of_another_place_is_a_400() -> None:
    scene = Scene(chain(60))
    cursor = scene.engine.steps(ID, StepsAsked()).next_cursor
    with pytest.raises(BadRequest):
        scene.engine.steps(ID, StepsAsked(within="2", cursor=cursor))


def test_the_way_through_a_definition_counts_branches_and_leaves_loops_out() -> None:
    chained = {
        f"S{n}": {"Type": "Pass", **({"Next": f"S{n + 1}"} if n < 2999 else {"End": True})}
        for n in range(3000)
    }
    assert expected_steps(definition_of(json.dumps({"StartAt": "S0", "States": chained}))) == 3000
    one = {"StartAt": "X", "States": {"X": {"Type": "Pass", "End": True}}}
    other = {"StartAt": "Y", "States": {"Y": {"Type": "Pass", "End": True}}}
    looping = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Task", "Next": "P", "Catch": [{"Next": "Long"}]},
            "P": {"Type": "Parallel", "Branches": [one, other], "Next": "C"},
            "C": {"Type": "Choice", "Choices": [{"Next": "A"}], "Default": "E"},
            "E": {"Type": "Succeed"},
            "Long": {"Type": "Pass", "Next": "E"},
        },
    }
    assert expected_steps(definition_of(json.dumps(looping))) == 6
    assert expected_steps(definition_of("no definition")) is None
