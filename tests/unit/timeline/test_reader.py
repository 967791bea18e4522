"""Reading from AWS: by pages, from the newest on, and never more than our half of the quota."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.platform.http.errors import Forbidden, NotFound, Unavailable
from breakwater.timeline.aws_source import read_from_aws
from breakwater.timeline.call_budget import (
    DESCRIBE_MACHINE,
    GET_HISTORY,
    QUOTAS,
    CallBudget,
    share_of,
)
from breakwater.timeline.command import Unreadable
from breakwater.timeline.execution_arn import (
    NotAnArn,
    execution_of_machine,
    parsed_execution_arn,
)
from breakwater.timeline.shared_call_budget import SharedCallBudget
from breakwater.timeline.warm_timelines import WarmTimelines
from tests.unit.timeline.fake_step_functions import FakeStepFunctions, Time, reader_of

ARN = "arn:aws:states:eu-west-1:111122223333:execution:Plan:run-1"


def long_history(count: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = [
        {"id": 1, "type": "ExecutionStarted", "executionStartedEventDetails": {"input": "{}"}}
    ]
    for number in range(2, count + 1):
        kind, member = [
            ("PassStateEntered", "stateEnteredEventDetails"),
            ("PassStateExited", "stateExitedEventDetails"),
        ][number % 2]
        details = {"name": "A", "input": "{}"}
        events.append({"id": number, "type": kind, "previousEventId": number - 1, member: details})
    return events


def test_a_history_of_25_000_events_is_25_calls() -> None:
    fake = FakeStepFunctions({ARN: long_history(25_000)})
    events = reader_of(fake, Time()).events(ARN)
    assert [event["id"] for event in events] == list(range(1, 25_001))
    assert len(fake.asked) == 25


@pytest.mark.parametrize(("known", "calls"), [(500, 1), (499, 1), (401, 1), (400, 1), (250, 3)])
def test_the_tail_stops_at_what_is_known(known: int, calls: int) -> None:
    fake = FakeStepFunctions({ARN: long_history(500)})
    tail = reader_of(fake, Time()).tail(ARN, after=known)
    assert [event["id"] for event in tail] == list(range(known + 1, 501))
    assert len(fake.asked) == calls


def test_payloads_come_only_when_they_are_asked_for() -> None:
    fake = FakeStepFunctions({ARN: long_history(3)})
    reader = reader_of(fake, Time())
    assert '"input"' not in json.dumps(reader.events(ARN))
    assert '"input"' in json.dumps(reader.events(ARN, payloads=True))


def test_the_definition_is_asked_for_once() -> None:
    fake = FakeStepFunctions({ARN: long_history(3)})
    reader = reader_of(fake, Time())
    assert reader.definition(ARN) == reader.definition(ARN)
    assert len(fake.asked) == 1
    assert reader.definition(ARN).log_group_arn == fake.log_group


def test_throttling_is_answered_with_patience() -> None:
    fake, time = FakeStepFunctions({ARN: long_history(3)}), Time()
    fake.refuse = ["ThrottlingException", "ServiceUnavailable", "ThrottlingException"]
    assert len(reader_of(fake, time).events(ARN)) == 3
    assert len(fake.asked) == 4
    assert sum(time.paused) > 0


def test_patience_ends() -> None:
    fake, time = FakeStepFunctions({ARN: long_history(3)}), Time()
    fake.refuse = ["ThrottlingException"] * 100
    with pytest.raises(Unavailable, match="half of the account's quota"):
        reader_of(fake, time, patience_seconds=5).events(ARN)
    assert sum(time.paused) <= 5
    assert len(fake.asked) <= 6


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ExecutionDoesNotExist", NotFound),
        ("AccessDeniedException", Forbidden),
        ("KmsAccessDeniedException", Forbidden),
        ("SomethingElse", Unavailable),
    ],
)
def test_what_aws_refuses_is_said_at_once(code: str, error: type[Exception]) -> None:
    fake, time = FakeStepFunctions({ARN: long_history(3)}), Time()
    fake.refuse = [code]
    with pytest.raises(error, match="run-1"):
        reader_of(fake, time).describe(ARN)
    assert (len(fake.asked), time.paused) == (1, [])


@given(st.lists(st.floats(0, 3), min_size=1, max_size=500), st.sampled_from(sorted(QUOTAS)))
def test_the_budget_leaves_half_whatever_happens(gaps: list[float], operation: str) -> None:
    budget, now, taken, began = CallBudget(), 0.0, 0, 0.0
    for gap in gaps:
        now += gap
        for _ in range(300):
            if budget.take(operation, now) > 0:
                break
            taken += 1
        quota = QUOTAS[operation]
        assert taken <= (quota.size + quota.per_second * (now - began)) / 2 + 1e-6


def test_a_wait_that_is_told_is_long_enough() -> None:
    budget = CallBudget()
    while budget.take(DESCRIBE_MACHINE, 0.0) == 0:
        pass
    wait = budget.take(DESCRIBE_MACHINE, 0.0)
    assert budget.take(DESCRIBE_MACHINE, wait + 1e-9) == 0


def test_copies_of_a_function_share_one_budget(dynamodb: Any) -> None:
    one, other = (SharedCallBudget(dynamodb, "requests") for _ in range(2))
    size = share_of(GET_HISTORY).size
    taken = 0
    while taken < size + 5 and (one if taken % 2 else other).take(GET_HISTORY, 1000.0) == 0:
        taken += 1
    assert taken == size
    assert other.take(GET_HISTORY, 1000.0) > 0
    assert other.take(GET_HISTORY, 1002.0) == 0
    other.throttled(GET_HISTORY, 1002.0)
    assert other.take(GET_HISTORY, 1002.0) > 0


def test_a_warm_copy_reads_only_what_is_new() -> None:
    fake = FakeStepFunctions({ARN: long_history(3001)})
    warm = WarmTimelines(reader_of(fake, Time()))
    first = warm.read(ARN, payloads=True)
    assert len(fake.asked) == 4
    fake.histories[ARN] = long_history(3003)
    second = warm.read(ARN, payloads=True)
    assert len(fake.asked) == 5
    assert (len(first.events), len(second.events)) == (3001, 3003)


def test_a_warm_copy_still_knows_what_it_knew_when_aws_refuses_what_is_new() -> None:
    fake = FakeStepFunctions({ARN: long_history(3001)})
    warm = WarmTimelines(reader_of(fake, Time()))
    warm.read(ARN, payloads=True)
    fake.refuse = ["ThrottlingException"] * 50
    with pytest.raises(Unavailable):
        warm.read(ARN, payloads=True)
    fake.refuse, asked = [], len(fake.asked)
    assert len(warm.read(ARN, payloads=True).events) == 3001
    assert len(fake.asked) == asked + 1


def test_a_long_history_waits_no_longer_than_a_short_one() -> None:
    fake, time = FakeStepFunctions({ARN: long_history(25_000)}), Time()
    answer = fake.get_execution_history

    def hesitant(**parameters: Any) -> dict[str, Any]:
        if len(fake.asked) % 2:
            fake.refuse = ["ThrottlingException"]
        return answer(**parameters)

    fake.get_execution_history = hesitant  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        reader_of(fake, time, patience_seconds=1).events(ARN)
    assert sum(time.paused) <= 1


def test_arns_are_made_and_taken_apart() -> None:
    machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:Plan"
    for named in (machine, f"{machine}:live", f"{machine}:7"):
        assert str(execution_of_machine(named, "run-1")) == ARN
    assert parsed_execution_arn(ARN).state_machine_arn == machine
    for wrong in ("", "nonsense", machine, ARN.replace("execution", "express")):
        with pytest.raises(NotAnArn, match=r"arn:aws:states|Express"):
            parsed_execution_arn(wrong)
    with pytest.raises(NotAnArn):
        execution_of_machine("unset", "run-1")


def test_the_command_line_reads_events_and_definition_or_says_why_not() -> None:
    fake = FakeStepFunctions({ARN: long_history(3)})
    warned: list[str] = []

    def read(arn: str) -> tuple[list[dict[str, Any]], str | None]:
        return read_from_aws(arn, refused=Unreadable, warn=warned.append, client=fake)

    events, definition = read(ARN)
    assert len(events) == 3
    assert "StartAt" in str(definition)
    assert warned == []
    for arn, said in ((f"{ARN}x", "knows no execution"), ("nonsense", "no execution's ARN")):
        with pytest.raises(Unreadable, match=said):
            read(arn)
    refuse = {"DescribeStateMachineForExecution": "AccessDeniedException"}
    fake.refuse_always = refuse
    assert read(ARN) == (events, None)
    assert "states:DescribeStateMachineForExecution" in warned[0]
