"""What a gate says, laid over the lifecycle: nothing that comes late loses a pause or brings one
back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater import contract
from breakwater.index.at_gate import shown_status
from breakwater.index.event import observation_of
from breakwater.index.gate_event import gate_word_of
from breakwater.index.malformed import Malformed
from breakwater.index.row import Row
from breakwater.platform.clock import iso
from tests.examples import examples
from tests.unit.index.test_capture import Letters, capture, record
from tests.unit.index.test_the_truth import Index
from tests.unit.index.world import START, Attempt, Life, World, minutes

LONG = timedelta(days=30)
LIFE = Life(
    machine="nightly",
    name="run",
    attempts=[
        Attempt(began=START, ended=START + minutes(10), status="ABORTED"),
        Attempt(began=START + minutes(20)),
    ],
)
STARTED, STOPPED, REDRIVEN = (event for _, event in LIFE.events(counted=True))


def held(
    at: float, *, asked: float, gate: str = "Gate", lasts: timedelta = LONG, arn: str = LIFE.arn
) -> dict[str, Any]:
    since = START + minutes(at)
    return event(
        executionArn=arn,
        isHeld=True,
        askedAt=iso(START + minutes(asked)),
        gate=gate,
        since=iso(since),
        until=iso(since + lasts),
    )


def let_go(*, asked: float) -> dict[str, Any]:
    return event(executionArn=LIFE.arn, isHeld=False, askedAt=iso(START + minutes(asked)))


def event(**detail: Any) -> dict[str, Any]:
    return {
        "source": contract.GATE_EVENT_SOURCE,
        "detail-type": contract.GATE_EVENT_TYPE,
        "detail": detail,
    }


@pytest.fixture
def index() -> Index:
    return an_index(minutes(5))


def an_index(now: timedelta) -> Index:
    index = Index(World([LIFE], {}))
    index.world.now = START + now
    return index


def told(index: Index, *events: Mapping[str, Any]) -> dict[str, Any]:
    """The item of the table once these came."""
    letters = Letters()
    worker = capture(index, letters)
    for one in events:
        captured = worker.batch([record(one)])
        assert (captured.again, letters.kept) == ([], [])
    return index.rows.items.get(LIFE.arn, {})


def test_what_is_held_is_paused_in_every_index_and_still_open(index: Index) -> None:
    item = told(index, STARTED, held(2, asked=1))
    assert (item["status"], item["agentStatus"]) == ("PAUSED", "nightly#PAUSED")
    assert item["open"] == "OPEN"
    assert item["gate"]["name"] == "Gate"


def test_what_is_let_go_runs(index: Index) -> None:
    item = told(index, STARTED, held(2, asked=1), let_go(asked=1))
    assert (item["status"], item["agentStatus"]) == ("RUNNING", "nightly#RUNNING")


def test_that_it_was_held_comes_after_it_was_let_go_and_changes_nothing(index: Index) -> None:
    assert told(index, STARTED, let_go(asked=1), held(2, asked=1))["status"] == "RUNNING"
    assert told(index, held(4, asked=3))["status"] == "PAUSED"
    assert told(index, let_go(asked=1))["status"] == "PAUSED"


def test_the_start_that_comes_late_loses_no_pause(index: Index) -> None:
    item = told(index, held(2, asked=1))
    assert item["status"] == "PAUSED"  # Step Functions was asked what it is
    assert told(index, STARTED)["status"] == "PAUSED"


def test_what_was_stopped_while_held_is_not_paused_and_not_after_its_redrive(index: Index) -> None:
    index.world.now = START + minutes(30)
    assert told(index, STARTED, held(2, asked=1), STOPPED)["status"] == "ABORTED"
    assert told(index, held(2, asked=1))["status"] == "ABORTED"
    assert told(index, REDRIVEN)["status"] == "RUNNING"
    assert told(index, held(2, asked=1))["status"] == "RUNNING"
    assert told(index, held(21, asked=1))["status"] == "PAUSED"  # at the gate again


def test_held_after_a_redrive_of_which_nobody_has_heard_yet(index: Index) -> None:
    index.world.now = START + minutes(30)
    item = told(index, STARTED, STOPPED, held(21, asked=1))
    assert item["status"] == "ABORTED"
    assert told(index, REDRIVEN)["status"] == "PAUSED"


def test_a_gate_that_never_spoke_leaves_it_running(index: Index) -> None:
    item = told(index, STARTED)
    assert (item["status"], "gate" in item) == ("RUNNING", False)


def test_what_step_functions_does_not_know_is_no_row(index: Index) -> None:
    index.world.now = START - minutes(1)
    assert told(index, held(2, asked=1)) == {}


def test_the_sweep_keeps_what_is_held_and_ends_what_no_gate_holds_so_long(index: Index) -> None:
    told(index, STARTED, held(2, asked=1, lasts=timedelta(minutes=6)))
    index.sweep()
    assert index.rows.items[LIFE.arn]["status"] == "PAUSED"
    index.world.now = START + minutes(9)
    index.sweep()
    assert index.rows.items[LIFE.arn]["status"] == "RUNNING"


def test_a_second_branch_at_another_gate_holds_it_as_long_as_either(index: Index) -> None:
    short, later = timedelta(minutes=6), held(3, asked=1, gate="Other", lasts=timedelta(minutes=1))
    item = told(index, STARTED, held(2, asked=1, lasts=short), later)
    assert (item["status"], item["gate"]["name"]) == ("PAUSED", "Other")
    assert item["gate"]["until"] == iso(START + minutes(8))


@pytest.mark.parametrize(
    "wrong",
    [
        {"executionArn": "orders"},
        {"executionArn": f"arn:aws:states:eu-west-1:1:execution:m:{'x' * 600}"},
        {"isHeld": "yes"},
        {"askedAt": None},
        {"askedAt": "soon"},
        {"gate": ""},
        {"since": 7},
        {"until": "9999-12-31T23:59:59-23:00"},
    ],
)
def test_what_says_nothing_is_laid_aside_with_its_reason(
    index: Index, wrong: dict[str, Any]
) -> None:
    said = held(2, asked=1)
    said["detail"] |= wrong
    with pytest.raises(Malformed):
        gate_word_of(said)
    letters = Letters()
    captured = capture(index, letters).batch([record(STARTED), record(said)])
    assert (captured.laid_aside, len(captured.changes)) == (1, 1)
    assert "Malformed" in letters.kept[0][1]


def test_a_row_comes_back_from_the_table_as_it_went_in(index: Index) -> None:
    told(index, STARTED, held(2, asked=1))
    [row] = index.rows.read([LIFE.arn]).values()
    assert (row.status, shown_status(row)) == ("RUNNING", "PAUSED")
    assert Row.from_values(row.to_values()) == row


def test_a_custom_workflow_that_says_paused_of_itself_stays_so() -> None:
    index = an_index(minutes(5))
    told(index, STARTED)
    [row] = index.rows.read([LIFE.arn]).values()
    custom = replace(row, execution_arn="custom.shop.1", status="PAUSED")
    assert custom.is_open
    assert Row.from_values(custom.to_values()).status == "PAUSED"


WORDS = (
    *(held(2, asked=1), let_go(asked=1)),
    *(held(5, asked=4), held(6, asked=4, gate="Other"), let_go(asked=4)),
    *(STOPPED, held(21, asked=19), let_go(asked=19), held(25, asked=24), REDRIVEN, STARTED),
)


@given(st.lists(st.sampled_from(range(len(WORDS))), max_size=30))
@settings(max_examples=examples(150), deadline=None)
def test_in_any_order_and_number_the_end_is_the_same(order: list[int]) -> None:
    index = an_index(minutes(40))
    item = told(index, *(WORDS[number] for number in order), *WORDS)
    assert item["status"] == "PAUSED"
    assert item["gate"]["askedAt"] == iso(START + minutes(24))
    item = told(index, *(WORDS[number] for number in order), let_go(asked=24), *WORDS)
    assert item["status"] == "RUNNING"


def test_the_order_rule_does_not_see_pauses(index: Index) -> None:
    told(index, STARTED, held(2, asked=1))
    [row] = index.rows.read([LIFE.arn]).values()
    change = index.writer.apply(observation_of(STOPPED), row)
    assert change is not None
    assert change.after.to_values()["status"] == "ABORTED"
