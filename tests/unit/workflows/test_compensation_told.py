"""A cancelled execution in list and detail, while what it did is made good again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from breakwater.workflows.engine_port import StepsAsked
from breakwater.workflows.engines.recovery.run_reader import RunReader
from breakwater.workflows.engines.step_functions.compensation.note import (
    CompensationNote,
    CompensationNotes,
)
from breakwater.workflows.engines.step_functions.compensation.settling import Settling
from breakwater.workflows.engines.step_functions.compensation.undoings import Undoings
from breakwater.workflows.engines.step_functions.compensation.unfinished import (
    UnfinishedCompensations,
)
from breakwater.workflows.listing.counts import Counts, OpenRows
from breakwater.workflows.machine_notes import MachineNotes
from tests.unit.workflows.conftest import HISTORY, INDEX, NOW, RECOVERY, STATES, World, row
from tests.unit.workflows.histories_made import chain
from tests.unit.workflows.test_step_functions_engine import ARN, ID, MACHINE, Scene, failing

UNDO = f"{STATES}:execution:undo:one-undo-1"
NOTE = CompensationNote(
    machine=f"{STATES}:stateMachine:undo", redrives=0, by="olga@example.com", reason="it hangs"
)


def notes(world: World) -> CompensationNotes:
    return CompensationNotes(world.dynamodb, INDEX, lambda: NOW)


def test_a_note_stays_what_it_is_until_there_is_something_newer(world: World) -> None:
    book = notes(world)
    book.want(ARN, NOTE)
    book.begun(ARN, tries=2, started=UNDO)
    book.want(ARN, NOTE)
    book.begun(ARN, tries=1, started="an older one")
    known = book.of([ARN])[ARN]
    assert (known.tries, known.started, known.by) == (2, UNDO, NOTE.by)
    book.want(ARN, CompensationNote(machine="m", redrives=1, by="anna", reason="again"))
    known = book.of([ARN])[ARN]
    assert (known.tries, known.started, known.redrives) == (0, None, 1)


def test_a_wish_is_withdrawn_only_while_nothing_was_started(world: World) -> None:
    book = notes(world)
    book.want(ARN, NOTE)
    book.withdraw(ARN, redrives=0)
    assert book.of([ARN])[ARN].redrives == -1
    book.want(ARN, NOTE)
    book.begun(ARN, tries=1, started=UNDO)
    book.withdraw(ARN, redrives=0)
    assert (book.of([ARN])[ARN].redrives, book.of([ARN])[ARN].started) == (0, UNDO)


@pytest.mark.parametrize(
    ("undo", "status", "error"),
    [
        (None, "CANCELLING", "CompensationNotStarted"),
        ("RUNNING", "CANCELLING", None),
        ("FAILED", "CANCELLING", "CompensationFailed"),
        ("SUCCEEDED", "CANCELLED", None),
    ],
)
def test_the_list_tells_it_as_cancelling_until_it_is_made_good_again(
    world: World, undo: str | None, status: str, error: str | None
) -> None:
    world.has_tags(MACHINE, breakwater__compensation="undo")
    world.has_row(row("one", status="ABORTED"))
    notes(world).want(ARN, NOTE)
    if undo:
        notes(world).begun(ARN, tries=1, started=UNDO)
        world.has_row(row("one-undo-1", machine="undo", status=undo))
    found = {str(one.name): one for one in world.all()}
    assert (found["one"].status, found["one"].error) == (status, error)
    one = str(found["one"].id)
    assert (one in world.ids(status="CANCELLED")) is (status == "CANCELLED")
    for asked in ("CANCELLING", "active"):
        for more in ({}, {"type": "orders"}, {"startedFrom": "1h"}):
            ids = world.ids(status=asked, **more)
            assert ids.count(one) == (status == "CANCELLING")
    assert world.ids(status="CANCELLING,CANCELLED").count(one) == 1
    assert world.ids(status="active", type="other") == []
    unfinished = UnfinishedCompensations(world.dynamodb, INDEX)
    assert unfinished.under_way() == (status == "CANCELLING", False)
    [[known]] = unfinished.pages()
    assert known.is_settled is (status == "CANCELLED")
    settling = Settling(unfinished, notes(world))
    assert [settling.sweep(), settling.sweep()] == [int(status == "CANCELLED"), 0]
    assert unfinished.under_way() == (status == "CANCELLING", False)


class NoFigures:
    def read(self, _places: Any) -> Mapping[Any, Any]:
        return {}


def test_redriven_and_cancelled_again_it_is_not_told_by_the_note_of_the_first_cancel(
    world: World,
) -> None:
    world.has_tags(MACHINE, breakwater__compensation="undo")
    world.has_row(row("one", status="ABORTED", redrive_count=1))
    notes(world).want(ARN, NOTE)
    [told] = world.all()
    assert (told.status, told.error) == ("CANCELLED", None)


def test_what_is_made_good_again_counts_as_active(world: World) -> None:
    world.has_row(row("one", status="ABORTED"))
    world.has_row(row("two"))
    notes(world).want(ARN, NOTE)
    counts = Counts(
        rows=OpenRows(world.dynamodb, INDEX),
        runs=RunReader(world.dynamodb, HISTORY),
        compensations=UnfinishedCompensations(world.dynamodb, INDEX),
        notes=MachineNotes(world.dynamodb, INDEX),
        profiles=world.profiles,
        figures=NoFigures(),  # type: ignore[arg-type]
        recovery_machine=RECOVERY,
        clock=lambda: NOW,
    ).now()
    assert (counts["active"], counts["atLeast"]) == (2, False)


def test_what_is_about_to_be_stopped_is_listed_and_counted_once(world: World) -> None:
    world.has_tags(MACHINE, breakwater__compensation="undo")
    world.has_row(row("one"))
    notes(world).want(ARN, NOTE)
    [told] = world.all(status="active")
    assert told.status == "RUNNING"
    unfinished = UnfinishedCompensations(world.dynamodb, INDEX)
    assert unfinished.under_way() == (0, False)
    [[known]] = unfinished.pages()
    assert not known.is_settled


@pytest.mark.parametrize(
    ("now", "settled"),
    [
        ({"status": "SUCCEEDED"}, True),
        ({"status": "ABORTED"}, False),
        ({"status": "RUNNING", "redrive_count": 1}, True),
        (None, True),
    ],
)
def test_a_note_is_settled_when_nothing_is_left_to_make_good_again(
    world: World, now: dict[str, Any] | None, settled: bool
) -> None:
    notes(world).want(ARN, NOTE)
    if now is not None:
        world.has_row(row("one", **now))
    [[known]] = UnfinishedCompensations(world.dynamodb, INDEX).pages()
    assert known.is_settled is settled
    notes(world).settled(ARN, known.note)
    assert list(UnfinishedCompensations(world.dynamodb, INDEX).pages()) == []
    notes(world).want(ARN, replace(NOTE, redrives=1))
    assert len(list(UnfinishedCompensations(world.dynamodb, INDEX).pages())) == 1


def test_what_was_tried_again_meanwhile_is_not_settled(world: World) -> None:
    notes(world).want(ARN, NOTE)
    notes(world).begun(ARN, tries=1, started=UNDO)
    notes(world).settled(ARN, NOTE)
    assert len(list(UnfinishedCompensations(world.dynamodb, INDEX).pages())) == 1


def test_what_is_not_wanted_any_more_is_not_looked_for(world: World) -> None:
    world.has_row(row("one", status="ABORTED"))
    notes(world).want(ARN, NOTE)
    notes(world).withdraw(ARN, redrives=0)
    assert list(UnfinishedCompensations(world.dynamodb, INDEX).pages()) == []


def test_a_cancelled_execution_without_compensation_costs_no_read_more(world: World) -> None:
    world.has_row(row("one", status="ABORTED"))
    world.all()
    before = world.calls.count("BatchGetItem")
    world.has_tags(MACHINE, team="shop")
    world.calls.clear()
    world.all()
    assert world.calls.count("BatchGetItem") == before


class Told:
    def __init__(self, note: CompensationNote) -> None:
        self.note = note

    def of(self, execution_arns: Any) -> Any:
        return {ARN: self.note}


def undone(history: Any, status: str) -> Scene:
    """An execution that was stopped after two steps, and what undoes it."""
    scene = Scene([*chain(2, ended=False), _aborted()], status="ABORTED")
    scene.aws.histories[UNDO] = history
    note = CompensationNote(
        machine=NOTE.machine, redrives=0, by=NOTE.by, reason="r", tries=1, started=UNDO
    )

    class Described:
        def describe(self, execution_arn: str, *, payloads: bool = False) -> dict[str, Any]:
            return {"status": status, "error": "NoBank", "cause": "closed"}

    scene.engine._undoings = Undoings(Told(note), Described())
    return scene


def _aborted() -> dict[str, Any]:
    last = chain(2, ended=False)[-1]
    return {
        "id": last["id"] + 1,
        "previousEventId": 0,
        "timestamp": last["timestamp"],
        "type": "ExecutionAborted",
        "executionAbortedEventDetails": {"error": "Cancelled by olga@example.com"},
    }


def test_its_steps_stand_behind_those_of_the_workflow_and_are_marked() -> None:
    scene = undone(chain(3), "SUCCEEDED")
    told = scene.engine.describe(ID)
    assert [one["compensation"] for one in told.steps.steps] == [False] * 2 + [True] * 3
    assert told.workflow.status == "CANCELLED"
    assert told.metadata["compensation"]["status"] == "COMPLETED"
    step = told.steps.steps[-1]["id"]
    assert step.startswith("compensation:")
    assert scene.engine.step(ID, step)["output"] == '{"b": 2}'
    assert scene.engine.logs(ID, step)["reason"]


def test_a_long_compensation_is_read_in_pages_at_a_place_of_its_own() -> None:
    scene = undone(chain(70), "SUCCEEDED")
    first = scene.engine.steps(ID, StepsAsked(within="compensation", limit=50))
    more = StepsAsked(within="compensation", cursor=first.next_cursor, limit=50)
    rest = scene.engine.steps(ID, more)
    assert (len(first.steps), len(rest.steps), rest.next_cursor) == (50, 20, None)


def test_a_failed_one_is_shown_with_its_cause_and_the_workflow_is_not_over() -> None:
    told = undone(failing(), "FAILED").engine.describe(ID)
    assert (told.workflow.status, told.workflow.error) == ("CANCELLING", "CompensationFailed")
    assert "closed" in str(told.workflow.cause)
    failed = told.steps.steps[-1]
    assert failed["status"] == "failed"
    assert told.failure is not None
    assert told.failure["error"] == "CompensationFailed"
    assert "closed" in told.failure["message"]
    assert (told.failure["stepId"], told.failure["stepName"]) == (failed["id"], failed["name"])
    assert "retry" in told.failure["advice"]


def test_until_it_is_made_good_again_its_time_goes_on() -> None:
    over = undone(chain(3), "SUCCEEDED").engine.describe(ID).workflow
    waits = undone(failing(), "FAILED").engine.describe(ID).workflow
    began = datetime.fromisoformat(waits.started_at)
    assert waits.duration_seconds == (NOW - began).total_seconds()
    assert waits.duration_seconds > (over.duration_seconds or 0)


def test_one_that_was_stopped_with_a_reason_has_not_failed() -> None:
    failure = undone(chain(3), "SUCCEEDED").engine.describe(ID).failure
    assert failure is not None
    assert (failure["status"], failure["error"]) == ("ABORTED", "Cancelled by olga@example.com")
    assert "nothing failed" in failure["means"]
