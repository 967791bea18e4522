"""Histories of our own definitions, as moto's interpreter makes them."""

import itertools
from typing import Any

import pytest

from breakwater.timeline import Timeline, reconstruct
from tests.interpreters.moto_interpreter import moto_interpreter
from tests.unit.timeline import promises
from tests.unit.timeline.interpreted import (
    Events,
    callback,
    each,
    failing_first,
    history,
    machine,
    parallel,
    task,
)

RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 2}]
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Rescue"}]
RESCUE = {"Type": "Pass", "End": True}


def told(definition: dict[str, Any], events: Events) -> Timeline:
    """The timeline, with every promise kept, for prefixes and step by step too."""
    timeline = reconstruct(events, definition)
    assert timeline.unplaced == ()
    promises.check_all(timeline, events)
    for count in range(0, len(events), 7):
        promises.check_all(reconstruct(events[:count]), events[:count])
    promises.step_by_step_equals_at_once(events, definition)
    return timeline


def statuses(timeline: Timeline) -> dict[str, str]:
    return {f"{step.path}#{step.occurrence}": step.status for step in timeline.steps}


def test_six_branches_are_numbered_as_the_definition_does() -> None:
    names = [f"Work{number}" for number in range(6)]
    definition = machine(
        Fan=parallel(
            *(machine(**{name: task(Next="Then" + name), "Then" + name: task()}) for name in names)
        )
    )
    timeline = told(definition, history(definition))
    [fan] = timeline.segments[0].steps
    assert fan.status == "succeeded"
    assert fan.counts is not None
    assert (fan.counts.total, fan.counts.succeeded) == (6, 6)
    for branch in fan.branches:
        assert [step.name for step in branch.steps] == [
            names[branch.index],
            "Then" + names[branch.index],
        ]
    assert sorted(branch.index for branch in fan.branches) == [0, 1, 2, 3, 4, 5]


def test_a_map_within_a_parallel_keeps_its_iterations_apart() -> None:
    inner = each(machine(Item=task(Next="Again"), Again=task()), MaxConcurrency=2)
    definition = machine(Fan=parallel(machine(Each=inner), machine(Other=task())))
    timeline = told(definition, history(definition, given={"items": [1, 2, 3, 4, 5]}))
    [fan] = timeline.segments[0].steps
    [mapped] = [branch.steps[0] for branch in fan.branches if branch.steps[0].name == "Each"]
    assert mapped.path == "Fan[0]/Each"
    assert sorted(lane.index for lane in mapped.iterations) == [0, 1, 2, 3, 4]
    for lane in mapped.iterations:
        prefix = f"Fan[0]/Each[{lane.index}]/"
        assert [step.path for step in lane.steps] == [f"{prefix}Item", f"{prefix}Again"]


def test_retries_of_a_whole_parallel_are_rounds() -> None:
    definition = machine(
        Fan=parallel(machine(A=task()), machine(B={"Type": "Pass", "End": True}), Retry=RETRY)
    )
    timeline = told(definition, history(definition, failing_first(2)))
    [fan] = timeline.segments[0].steps
    assert (fan.status, fan.rounds) == ("succeeded", 3)
    by_round = {
        number: {lane.index: lane.status for lane in lanes}
        for number, lanes in itertools.groupby(fan.branches, key=lambda lane: lane.round)
    }
    assert by_round[1][0] == by_round[2][0] == "failed"
    assert by_round[3] == {0: "succeeded", 1: "succeeded"}
    assert timeline.failure is None


def test_retries_of_a_whole_map_are_rounds() -> None:
    definition = machine(Each=each(machine(Item=task()), Retry=RETRY, MaxConcurrency=1))
    events = history(definition, failing_first(2), {"items": [1, 2]})
    timeline = told(definition, events)
    [mapped] = timeline.segments[0].steps
    assert (mapped.status, mapped.rounds) == ("succeeded", 3)
    assert mapped.counts is not None
    assert mapped.counts.succeeded == 2


def test_attempts_know_their_policy_and_how_many_there_may_be() -> None:
    definition = machine(Work=task(Retry=RETRY))
    timeline = told(definition, history(definition, failing_first(2)))
    [step] = timeline.steps
    assert step.status == "succeeded"
    assert step.error is None
    assert [(one.number, one.maximum, one.status) for one in step.attempts] == [
        (1, 3, "failed"),
        (2, 3, "failed"),
        (3, 3, "succeeded"),
    ]
    assert [one.backoff is None for one in step.attempts] == [True, False, False]
    assert step.attempts[0].policy is not None
    assert step.attempts[0].policy.interval_seconds == 5


def test_a_caught_error_is_caught_and_no_failure() -> None:
    definition = machine(Work=task(Catch=CATCH, Next="Never"), Never=RESCUE, Rescue=RESCUE)
    timeline = told(definition, history(definition, failing_first(9)))
    assert statuses(timeline) == {"Work#1": "caught", "Rescue#1": "succeeded"}
    assert timeline.execution.status == "SUCCEEDED"
    assert timeline.failure is None
    assert [(step.name, step.status, step.reachable) for step in timeline.pending] == [
        ("Never", "pending", False)
    ]
    assert ("Work", "Rescue", "catch", 1) in timeline.transitions
    assert ("Work", "Never", "next", 0) in timeline.transitions


def test_the_terminal_failure_counts_not_the_one_that_was_made_good() -> None:
    def work(event: Any) -> Any:
        raise (ValueError if event.get("second") else LookupError)("from here")

    definition = machine(
        First=task(Catch=[{"ErrorEquals": ["LookupError"], "Next": "Turn", "ResultPath": None}]),
        Turn={"Type": "Pass", "Result": {"second": True}, "Next": "Second"},
        Second=task(),
    )
    timeline = told(definition, history(definition, work, {}))
    assert timeline.failure is not None
    assert (timeline.failure.error, timeline.failure.step_name) == ("ValueError", "Second")
    assert timeline.failure.lambda_error is not None
    assert timeline.failure.lambda_error.message == "from here"
    assert timeline.failure.lambda_error.request_id
    assert timeline.failure.lambda_error.stack


@pytest.mark.parametrize("in_parallel", [True, False])
def test_what_failed_in_a_branch_is_told_with_its_path(in_parallel: bool) -> None:
    inner = machine(Work=task())
    other = machine(Fine={"Type": "Pass", "End": True})
    state = parallel(other, inner) if in_parallel else each(inner, MaxConcurrency=1)
    definition = machine(Around=state)
    timeline = told(definition, history(definition, failing_first(9), {"items": [1]}))
    assert timeline.failure is not None
    assert timeline.failure.step_path == f"Around[{int(in_parallel)}]/Work"
    assert statuses(timeline)["Around#1"] == "failed"


def test_loops_do_not_overwrite() -> None:
    definition = machine(
        Count={"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, -1)"}, "Next": "Enough"},
        Enough={
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericGreaterThan": 0, "Next": "Count"}],
            "Default": "Done",
        },
        Done={"Type": "Succeed"},
    )
    timeline = told(definition, history(definition, given={"n": 3}))
    assert [(step.name, step.occurrence) for step in timeline.steps] == [
        *(("Count", 1), ("Enough", 1), ("Count", 2), ("Enough", 2), ("Count", 3), ("Enough", 3)),
        ("Done", 1),
    ]
    assert [(way.source, way.target, way.taken) for way in timeline.transitions] == [
        ("Count", "Enough", 3),
        ("Enough", "Count", 2),
        ("Enough", "Done", 1),
    ]


def test_a_callback_whose_heartbeat_stops_times_out() -> None:
    definition = machine(Ask=callback(HeartbeatSeconds=1, TimeoutSeconds=60))
    with moto_interpreter({"work": lambda _event: None}) as interpreter:
        events = interpreter.run(definition).events()
    timeline = told(definition, events)
    [step] = timeline.steps
    assert step.status == "timedOut"
    [attempt] = step.attempts
    assert (attempt.callback, attempt.heartbeat, attempt.status) == (True, 1, "timedOut")
    assert attempt.submitted is not None
    assert timeline.failure is not None
    assert timeline.failure.error in ("States.Timeout", "States.HeartbeatTimeout")


def test_a_waiting_callback_is_told_and_its_token_is_not() -> None:
    definition = machine(Before={"Type": "Pass", "Next": "Ask"}, Ask=callback())
    with moto_interpreter({"work": lambda _event: None}) as interpreter:
        run = interpreter.start(interpreter.create(definition)).until(
            lambda run: any(event["type"] == "TaskSubmitted" for event in run.events())
        )
        events = run.events()
        token = interpreter.called[0][1]["answerTo"]
        interpreter.client.send_task_success(taskToken=token, output=f'{{"answered": "{token}"}}')
        finished = run.finished().events()
    timeline = told(definition, events)
    assert [step.name for step in timeline.waiting] == ["Ask"]
    assert [step.path for step in timeline.current] == ["Ask"]
    for known in (definition, None):
        for some in (events, finished):
            assert token in str(some)
            assert token not in str(reconstruct(some, known).to_json())
    assert reconstruct(finished).waiting == ()


def test_nested_executions_are_told_and_failures_unwrapped_to_the_deepest() -> None:
    def fail(_event: Any) -> None:
        raise LookupError("deep down")

    def nested(arn: str) -> dict[str, Any]:
        resource = "arn:aws:states:::states:startExecution.sync:2"
        return task(Resource=resource, Parameters={"StateMachineArn": arn, "Input": {}})

    with moto_interpreter({"work": fail}) as interpreter:
        innermost = interpreter.create(machine(Work=task()))
        middle = interpreter.create(machine(Inner=nested(innermost)))
        definition = machine(Outer=nested(middle))
        events = interpreter.run(definition).events()
    timeline = told(definition, events)
    [(step, arn)] = timeline.nested
    assert step.name == "Outer"
    assert ":execution:machine-1:" in arn
    failure = timeline.failure
    assert failure is not None
    assert (failure.error, failure.step_name) == ("LookupError", "Outer")
    assert [level.error for level in failure.levels] == [
        "States.TaskFailed",
        "States.TaskFailed",
        "LookupError",
    ]
    assert ":execution:machine-0:" in str(failure.levels[-1].execution_arn)
    assert failure.lambda_error is not None
    assert failure.lambda_error.message == "deep down"
