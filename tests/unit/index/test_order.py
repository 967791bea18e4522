"""The order rule, case by case: what an event changes, whatever came before it."""

from datetime import timedelta
from typing import Any

import pytest

from breakwater.contract import IndexSettings
from breakwater.index.candidate import candidate
from breakwater.index.decide import Decision, Verdict, decide
from breakwater.index.event import observation_of
from breakwater.index.machine_facts import facts_of
from breakwater.index.observation import Observation
from breakwater.index.row import Row
from tests.unit.index.world import START, Attempt, Life, minutes, ms

SETTINGS = IndexSettings()
LIFE = Life(
    machine="orders",
    name="run",
    attempts=[
        Attempt(began=START, ended=START + minutes(1), status="FAILED"),
        Attempt(began=START + minutes(9), ended=START + minutes(10), status="SUCCEEDED"),
    ],
)


def seen(number: int, *, counted: bool = True, **changed: Any) -> Observation:
    """The events of LIFE: 0 running, 1 failed, 2 running again, 3 succeeded."""
    event = LIFE.events(counted=counted)[number][1]
    event["detail"] |= changed
    return observation_of(event)


def row_of(one: Observation) -> Row:
    return candidate(one, facts_of(one.state_machine_arn, {}, SETTINGS), SETTINGS)


def then(current: Row | None, one: Observation) -> Decision:
    return decide(current, one, row_of(one))


def test_a_terminal_row_that_comes_first_stands() -> None:
    assert then(row_of(seen(1)), seen(0)).verdict is Verdict.NOTHING


@pytest.mark.parametrize("number", range(4))
def test_the_same_event_twice_changes_nothing(number: int) -> None:
    assert then(row_of(seen(number)), seen(number)).verdict is Verdict.NOTHING


def test_a_redrive_opens_the_row_again_and_takes_the_end_away() -> None:
    decision = then(row_of(seen(1)), seen(2))
    assert decision.row
    assert (decision.row.status, decision.row.redrive_count) == ("RUNNING", 1)
    assert (decision.row.stop_date, decision.row.error, decision.row.expires_at) == (None,) * 3


@pytest.mark.parametrize("number", [0, 1])
def test_what_belongs_to_an_earlier_attempt_changes_nothing(number: int) -> None:
    assert then(row_of(seen(2)), seen(number)).verdict is Verdict.NOTHING
    assert then(row_of(seen(3)), seen(number)).verdict is Verdict.NOTHING


class TestWithoutRedriveCount:
    """Events need not say it. Where times settle it nobody is asked; else Step Functions is."""

    def test_an_old_start_that_comes_late_is_known_by_its_time(self) -> None:
        one = seen(0, counted=False)
        assert then(row_of(seen(1, counted=False)), one).verdict is Verdict.NOTHING

    def test_a_start_after_the_end_may_be_a_redrive(self) -> None:
        one = seen(2, counted=False)
        assert then(row_of(seen(1, counted=False)), one).verdict is Verdict.ASK

    def test_within_one_second_nobody_can_say(self) -> None:
        quick = seen(1, counted=False, stopDate=ms(START) + 300)
        assert then(row_of(quick), seen(0, counted=False)).verdict is Verdict.ASK

    def test_another_end_may_be_a_conflict_or_a_redrive(self) -> None:
        one = seen(3, counted=False)
        assert then(row_of(seen(1, counted=False)), one).verdict is Verdict.ASK

    @pytest.mark.parametrize(("number", "status"), [(1, "RUNNING"), (3, "SUCCEEDED")])
    def test_an_end_is_given_to_its_attempt_by_its_time(self, number: int, status: str) -> None:
        current = row_of(seen(2))
        row = then(current, seen(number, counted=False)).row or current
        assert (row.status, row.redrive_count) == (status, 1)

    def test_the_first_end_of_a_row_that_was_never_redriven_is_its_own(self) -> None:
        assert then(row_of(seen(0)), seen(1, counted=False)).verdict is Verdict.WRITE


def test_a_status_that_nobody_knows_yet_is_kept_as_it_is() -> None:
    paused = seen(0, status="PAUSED_BY_AWS")
    assert row_of(paused).to_values()["open"] == "OPEN"
    later = seen(0, status="PAUSED_BY_AWS")
    row = then(row_of(seen(0)), later).row
    assert row is None or row.status == "PAUSED_BY_AWS"
    ended = seen(1, status="EVAPORATED")
    assert row_of(ended).to_values()["open"] is None
    assert row_of(ended).expires_at is not None


def test_the_row_keeps_the_name_that_it_was_given_first() -> None:
    """A tag that changes while it runs does not move a row to another agent half-way."""
    one = seen(1)
    renamed = candidate(
        one, facts_of(one.state_machine_arn, {"agentName": "new"}, SETTINGS), SETTINGS
    )
    decision = decide(row_of(seen(0)), one, renamed)
    assert decision.row
    assert decision.row.agent_name == "orders"


def test_a_duration_has_its_milliseconds_and_a_row_its_ninety_days() -> None:
    one = row_of(seen(1, stopDate=ms(START) + 61_234))
    assert one.duration_seconds == 61.234
    ended = START + timedelta(seconds=61.234)
    assert one.expires_at == int((ended + timedelta(days=90)).timestamp())


def test_expiry_can_be_turned_off() -> None:
    forever = IndexSettings(keepDays=None)
    one = seen(1)
    row = candidate(one, facts_of(one.state_machine_arn, {}, forever), forever)
    assert row.expires_at is None
