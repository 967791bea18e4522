"""What a history says of the states that an execution is in, and what people read of an alert."""

import json
import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakwater.platform.plain_text import SUBJECT_LENGTH
from breakwater.workflows.sla.alert import AlertKind, InState, first_look_at, looked, states_now
from breakwater.workflows.workflow_id import WorkflowId
from tests.unit.workflows.sla.made import at, message, profile, row


def events(*said: tuple[float, str, str]) -> list[dict[str, Any]]:
    """Minute, `+` (entered), `-` (left) or a type, name."""
    found: list[dict[str, Any]] = []
    for number, (minute, kind, name) in enumerate(said, start=1):
        event: dict[str, Any] = {"id": number, "timestamp": at(minute)}
        if kind == "+":
            event |= {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": name}}
        elif kind == "-":
            event |= {"type": "TaskStateExited", "stateExitedEventDetails": {"name": name}}
        else:
            event |= {"type": kind}
        found.append(event)
    return found


@pytest.mark.parametrize(
    ("said", "inside"),
    [
        ((), {}),
        (((0, "ExecutionStarted", ""), (1, "+", "A")), {"A": 1}),
        (((1, "+", "A"), (2, "-", "A"), (2, "+", "B")), {"B": 2}),
        (((1, "+", "Par"), (1, "+", "A"), (1, "+", "B"), (3, "-", "A")), {"Par": 1, "B": 1}),
        (((0, "-", "Before"), (1, "+", "A")), {"A": 1}),
        (((1, "+", "A"), (2, "+", "A"), (3, "-", "A")), {"A": 2}),
        (((1, "+", "A"), (2, "ExecutionRedriven", ""), (3, "+", "B")), {"B": 3}),
        (((1, "+", "A"), (2, "SomethingNewOfNextYear", "")), {"A": 1}),
    ],
)
def test_it_is_in_the_states_that_it_entered_and_did_not_leave(
    said: tuple[tuple[float, str, str], ...], inside: dict[str, float]
) -> None:
    found = {one.name: one.since for one in states_now(events(*said))}
    assert found == {name: at(minute) for name, minute in inside.items()}


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["type", "stateEnteredEventDetails", "stateExitedEventDetails", "id"]),
            st.one_of(st.none(), st.text(), st.integers(), st.dictionaries(st.text(), st.text())),
        ).map(lambda event: {"timestamp": at(0), **event}),
        max_size=20,
    )
)
def test_no_history_however_odd_stops_a_sweep(odd: list[dict[str, Any]]) -> None:
    assert all(one.name for one in states_now(odd))


def test_a_look_comes_when_the_whole_or_the_state_turns_slow() -> None:
    usual = profile(p95=600, Pay=120)
    assert first_look_at(row(), usual, at(1)) == "2026-11-20T03:10:00.000Z"
    assert first_look_at(row(), usual, at(11)) is None
    assert first_look_at(row(), None, at(11)) == "2026-11-20T04:11:00.000Z"
    seen = looked(row(), [InState(name="Pay", since=at(10))], usual, at(11))
    assert (seen.slow, seen.again_at) == (None, "2026-11-20T03:12:00.001Z")
    unknown = looked(row(), [InState(name="New", since=at(0))], usual, at(11))
    assert (unknown.slow, unknown.again_at) == (None, "2026-11-20T03:16:00.000Z")


def test_of_two_slow_states_the_older_is_told_first_and_the_other_by_the_next_look() -> None:
    usual, states = (
        profile(A=60, B=60),
        [InState(name="B", since=at(2)), InState(name="A", since=at(1))],
    )
    first = looked(row(), states, usual, at(11)).slow
    second = looked(row(slow_states=["A"]), states, usual, at(16)).slow
    assert (first and first.name, second and second.name) == ("A", "B")


@pytest.mark.parametrize(
    ("kind", "given_", "said"),
    [
        (AlertKind.AT_RISK, {}, "it has used 90 % of its target of 1 h, and still runs."),
        (AlertKind.BREACHED, {}, "it is beyond its target of 1 h, and still runs."),
        (AlertKind.BREACHED, {"ended": 61}, "it ended (SUCCEEDED) beyond its target of 1 h."),
        (
            AlertKind.AT_RISK,
            {"ended": 57},
            "it came near its target, and has ended since (SUCCEEDED).",
        ),
        (
            AlertKind.SLOW_STATE,
            {"ended": 57},
            "it hung in a state, and has ended since (SUCCEEDED).",
        ),
        (
            AlertKind.SLOW_STATE,
            {"slow_state": "Pay", "slow_state_since": "2026-11-20T03:00:00.000Z"},
            "it has been in the state Pay for 1 h 2 min, longer than 19 of 20 visits take.",
        ),
    ],
)
def test_the_first_line_says_what_happened_and_a_link_leads_to_the_workflow(
    kind: AlertKind, given_: dict[str, Any], said: str
) -> None:
    one = row(sla_target_seconds=3600, priority="high", **given_)
    told = message(one, kind, at(62))
    lines = told.body.splitlines()
    assert lines[0] == f"orders, execution one: {said}"
    assert "What to do next" in lines
    assert f"Open the workflow: https://recovery.example.com/workflows/{told.workflow_id}" in lines
    assert WorkflowId.parse(told.workflow_id).name == one.execution_arn
    assert "Target           1 h, by 2026-11-20 04:00:00 UTC" in lines
    assert told.subject.startswith("[Workflow prod] orders one: ")


@given(st.text(), st.text(), st.text(max_size=300))
def test_no_name_breaks_a_message(name: str, agent: str, priority: str) -> None:
    one = row(execution_name=name, agent_name=agent, priority=priority, sla_target_seconds=60)
    told = message(one, AlertKind.BREACHED, at(62))
    assert told.subject.isascii()
    assert "\n" not in told.subject
    assert len(told.subject) <= SUBJECT_LENGTH
    told.body.encode()
    # As SNS takes an attribute: something, and nothing that XML cannot carry.
    assert 0 < len(told.type) <= 256
    told.type.encode()
    assert all(one.isprintable() or unicodedata.category(one) != "Cc" for one in told.type)


def test_where_it_is_is_the_state_that_it_entered_last() -> None:
    states = [InState(name="Both", since=at(1)), InState(name="Pay", since=at(3))]
    assert looked(row(), states, profile(), at(9)).current == "Pay"
    assert looked(row(), [], profile(), at(9)).current is None


def test_a_task_token_in_a_name_is_not_told() -> None:
    token = "AQCEAAAAKgAAAAMAAAAAAAAAA" + "b" * 120 + "=="
    one = row(triggered_by=token, sla_target_seconds=60)
    assert token not in json.dumps(vars_of(message(one, AlertKind.BREACHED, at(62))))


def vars_of(told: Any) -> dict[str, str]:
    return {"subject": told.subject, "body": told.body}


def test_the_same_alert_has_the_same_id_and_another_attempt_another() -> None:
    one = row(sla_target_seconds=60)
    ids = [
        message(one, AlertKind.BREACHED, at(2)).alert_id,
        message(one, AlertKind.BREACHED, at(2) + timedelta(hours=1)).alert_id,
        message(row(sla_target_seconds=60, redrive_count=1), AlertKind.BREACHED, at(2)).alert_id,
        message(one, AlertKind.AT_RISK, at(2)).alert_id,
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
