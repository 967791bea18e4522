"""What one ended execution contributes: from its row alone, and with its history."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from breakwater.platform.clock import iso
from breakwater.timeline import reconstruct
from breakwater.workflows.rollups.contribution import (
    Contribution,
    History,
    Outcome,
    Sla,
    facts_of,
)
from breakwater.workflows.rollups.packing import pack, unpack
from breakwater.workflows.rollups.steps_told import MOST_STEPS, with_timeline, without_timeline
from breakwater.workflows.rollups.tally import EVERYTHING_ELSE
from tests.unit.timeline.written import events, failed, named
from tests.unit.workflows.rollups.made import (
    BROKE_LINES,
    CALL,
    FAILED,
    NOW,
    broke,
    contribution,
    ended,
    redriven,
    went_well,
)


class TestOfTheRow:
    @pytest.mark.parametrize(
        ("said", "outcome"),
        [
            ({"status": "SUCCEEDED"}, Outcome.COMPLETED),
            ({"status": "FAILED", "error": "Boom"}, Outcome.FAILED),
            ({"status": "FAILED"}, Outcome.FAILED),
            ({"status": "TIMED_OUT"}, Outcome.TIMED_OUT),
            ({"status": "ABORTED"}, Outcome.CANCELLED),
            ({"status": "SOMETHING_NEW"}, Outcome.OTHER),
            ({"status": "FAILED", "error": "PlanCancelled"}, Outcome.CANCELLED),
            ({"status": "FAILED", "error": "PlanTimeout"}, Outcome.TIMED_OUT),
            ({"status": "FAILED", "error": "PlanFailed"}, Outcome.FAILED),
        ],
    )
    def test_its_outcome(self, said: dict[str, Any], outcome: Outcome) -> None:
        assert facts_of(ended(**said)).outcome is outcome

    @pytest.mark.parametrize(
        ("said", "sla"),
        [
            ({}, None),
            ({"sla_target_seconds": 60}, Sla.MET),
            ({"sla_target_seconds": 59}, Sla.MISSED),
            ({"sla_target_seconds": 600, **FAILED}, Sla.MISSED),
            ({"sla_target_seconds": 600, "status": "ABORTED"}, None),
            ({"sla_target_seconds": 30, "status": "ABORTED"}, Sla.MISSED),
        ],
    )
    def test_its_target(self, said: dict[str, Any], sla: Sla | None) -> None:
        assert facts_of(ended(**said)).sla is sla

    def test_a_redrive_took_as_long_as_itself_and_its_target_counts_from_the_start(self) -> None:
        row = ended(
            seconds=600,
            redrive_count=1,
            redrive_date=iso(NOW - timedelta(minutes=2)),
            sla_target_seconds=300,
        )
        told = facts_of(row)
        assert told.duration_ms == 60_000
        assert told.sla is Sla.MISSED

    def test_what_has_not_ended_contributes_nothing(self) -> None:
        with pytest.raises(ValueError, match="has not ended"):
            facts_of(ended(status="RUNNING", stop_date=None))

    def test_only_failures_have_a_fingerprint(self) -> None:
        assert facts_of(ended(**FAILED)).fingerprint
        assert facts_of(ended(status="ABORTED", error="Enough")).fingerprint is None
        assert facts_of(ended()).error is None


class TestOfTheHistory:
    def test_steps_attempts_and_transitions(self) -> None:
        told = contribution(ended(), went_well(retries=2))
        assert (told.history, told.steps_entered, told.transitions) == (History.READ, 3, 5)
        assert told.steps.keys() == {"Prepare", "Charge", "Done"}
        charge = told.steps["Charge"]
        assert (charge.occurrences, charge.attempts, charge.retries, charge.failed) == (1, 3, 2, 0)
        assert charge.succeeded.count == 1
        assert charge.succeeded.total == 10_000
        assert not charge.otherwise

    def test_branches_that_run_again_are_another_attempt_of_their_state(self) -> None:
        timeline = reconstruct(
            events(
                ("ExecutionStarted", 0, {"input": "{}"}),
                ("ParallelStateEntered", 0, named("Both")),
                ("ParallelStateStarted", 2),
                ("TaskStateEntered", 3, named("Charge")),
                ("TaskScheduled", 4, CALL),
                ("TaskStarted", 5, CALL),
                ("TaskFailed", 6, {**CALL, **failed()}),
                ("ParallelStateStarted", 7),
                ("TaskStateEntered", 8, named("Charge")),
                ("TaskScheduled", 9, CALL),
                ("TaskStarted", 10, CALL),
                ("TaskSucceeded", 11, CALL),
                ("TaskStateExited", 12, named("Charge")),
                ("ParallelStateSucceeded", 13),
                ("ParallelStateExited", 13, named("Both")),
                ("ExecutionSucceeded", 15, {"output": "1"}),
            )
        )
        told = contribution(ended(), timeline)
        assert (told.steps_entered, told.transitions) == (3, 4)
        both, charge = told.steps["Both"], told.steps["Charge"]
        assert (both.occurrences, both.attempts, both.retries) == (1, 2, 1)
        assert (charge.occurrences, charge.attempts, charge.retries) == (2, 2, 0)

    def test_a_failure_has_its_state_and_the_timelines_fingerprint(self) -> None:
        timeline = broke()
        told = contribution(ended(**FAILED), timeline)
        assert told.failing_state == "Charge"
        assert timeline.failure
        assert told.fingerprint == timeline.failure.fingerprint
        assert told.steps["Charge"].failed == 1
        assert told.steps["Charge"].otherwise.count == 1

    def test_what_was_cancelled_has_no_failing_state(self) -> None:
        told = contribution(ended(status="ABORTED"), broke())
        assert (told.failing_state, told.fingerprint) == (None, None)

    @pytest.mark.parametrize("entered_again", [True, False])
    def test_each_attempt_of_a_redriven_execution_has_its_own_part(
        self, entered_again: bool
    ) -> None:
        timeline = redriven(entered_again=entered_again)
        row = ended(redrive_count=1, redrive_date=iso(NOW - timedelta(minutes=2)))
        original = contribution(ended(**FAILED), timeline)  # read late: the redrive is there too
        redrive = contribution(row, timeline)
        assert original.steps["Charge"].failed == 1
        assert original.steps["Charge"].attempts == 1
        assert original.failing_state == "Charge"
        assert original.transitions == 2
        assert redrive.steps.keys() == {"Charge"}
        assert redrive.steps["Charge"].succeeded.count == 1
        assert redrive.steps["Charge"].retries == 0
        assert redrive.transitions == 1
        assert original.fingerprint == contribution(ended(**FAILED), broke()).fingerprint

    def test_what_fails_elsewhere_after_a_redrive_failed_where_it_did_each_time(self) -> None:
        timeline = reconstruct(
            events(
                *BROKE_LINES,
                ("ExecutionRedriven", 8, {"redriveCount": 1}),
                ("TaskScheduled", 7, CALL),
                ("TaskStarted", 10, CALL),
                ("TaskSucceeded", 11, CALL),
                ("TaskStateExited", 12, named("Charge")),
                ("TaskStateEntered", 13, named("Ship")),
                ("TaskScheduled", 14, CALL),
                ("TaskFailed", 15, {**CALL, **failed()}),
                ("ExecutionFailed", 16, failed()),
            )
        )
        again: dict[str, Any] = {
            "redrive_count": 1,
            "redrive_date": iso(NOW - timedelta(minutes=2)),
        }
        first = contribution(ended(**FAILED), timeline)
        second = contribution(ended(**FAILED, **again), timeline)
        assert (first.failing_state, second.failing_state) == ("Charge", "Ship")
        assert first.fingerprint == contribution(ended(**FAILED), broke()).fingerprint

    @pytest.mark.parametrize("lines", [BROKE_LINES[:-1], BROKE_LINES[:1], ()])
    def test_a_history_that_does_not_tell_of_the_end_is_read_later(self, lines: Any) -> None:
        told = contribution(ended(**FAILED), reconstruct(events(*lines)))
        assert told.history is History.NOT_YET
        assert not told.steps

    def test_more_names_than_there_is_room_for_are_counted_together(self) -> None:
        lines: list[tuple[Any, ...]] = [("ExecutionStarted", 0, {"input": "{}"})]
        for number in range(MOST_STEPS + 7):
            last = len(lines)
            lines += [
                ("PassStateEntered", last if number else 0, named(f"S{number}")),
                ("PassStateExited", last + 1, named(f"S{number}")),
            ]
        lines.append(("ExecutionSucceeded", len(lines), {"output": "1"}))
        told = contribution(ended(), reconstruct(events(*lines)))
        assert len(told.steps) == MOST_STEPS + 1
        assert told.steps[EVERYTHING_ELSE].occurrences == 7
        assert told.steps_entered == MOST_STEPS + 7


@pytest.mark.parametrize(
    "told",
    [
        contribution(ended(), went_well(retries=1)),
        contribution(ended(**FAILED, sla_target_seconds=5), broke()),
        without_timeline(facts_of(ended()), History.NO_BUDGET),
        replace(contribution(ended(), went_well()), steps_entered=0, transitions=0),
    ],
)
def test_it_comes_back_as_it_was_stored(told: Contribution) -> None:
    assert Contribution.from_json(unpack(pack(told.to_json()))) == told


def test_what_a_history_told_stays_when_the_row_is_repaired() -> None:
    before = contribution(ended(**FAILED), broke())
    repaired = facts_of(ended(**FAILED, sla_target_seconds=5, revision=3))
    whole = repaired.with_history_of(before)
    assert whole == with_timeline(repaired, broke())
    assert whole.sla is Sla.MISSED
    well = facts_of(ended(revision=4)).with_history_of(before)  # it had not failed after all
    assert (well.failing_state, well.fingerprint) == (None, None)
    assert well.steps == before.steps
