"""A batch: each record on its own, and a bad one ends aside with its reason."""

import json
from typing import Any

import pytest

from breakwater.index.capture import Capture
from breakwater.index.event import observation_of
from breakwater.index.row import Row
from tests.unit.index.test_the_truth import SETTINGS, Index
from tests.unit.index.world import START, Attempt, Life, World, minutes

LIVES = [
    Life(
        machine="orders",
        name=f"run-{n}",
        attempts=[Attempt(began=START, ended=START + minutes(1), status="SUCCEEDED")],
    )
    for n in range(3)
]
CHILD = Life(machine="orders/label", name="child", attempts=[Attempt(began=START)])


class Letters:
    """The dead-letter queue."""

    def __init__(self, *, broken: bool = False) -> None:
        self.kept: list[tuple[str, str]] = []
        self._broken = broken

    def lay_aside(self, body: str, reason: str) -> None:
        if self._broken:
            raise RuntimeError("the queue is gone")
        self.kept.append((body, reason))


def record(body: Any, *, name: str = "m", receives: int = 1) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {"messageId": name, "body": text, "attributes": attributes}


@pytest.fixture
def index() -> Index:
    index = Index(World([*LIVES, CHILD], {}))
    index.world.now = START + minutes(2)
    return index


def capture(index: Index, letters: Letters) -> Capture:
    return Capture(index.rows, index.writer, letters, SETTINGS, index.world.clock)


def test_start_and_end_in_one_batch_make_one_row(index: Index) -> None:
    events = [event for _, event in LIVES[0].events(counted=True)]
    captured = capture(index, Letters()).batch([record(event) for event in events])
    assert [change.after.status for change in captured.changes] == ["RUNNING", "SUCCEEDED"]
    assert captured.changes[1].before == captured.changes[0].after
    assert captured.lag_seconds == 60.0
    assert len(index.rows.items) == 1


def test_what_is_no_status_change_is_laid_aside_with_its_reason(index: Index) -> None:
    letters = Letters()
    good = LIVES[0].events(counted=True)[0][1]
    captured = capture(index, letters).batch([record("{oh"), record({"a": 1}), record(good)])
    assert [body for body, _ in letters.kept] == ["{oh", '{"a": 1}']
    assert "no JSON" in letters.kept[0][1]
    assert (captured.laid_aside, captured.again, len(captured.changes)) == (2, [], 1)


class TestWhatFails:
    """The table refuses one execution; its neighbours are none the worse."""

    def batch(self, index: Index, receives: int, letters: Letters) -> Any:
        refused, write = LIVES[1].arn, index.rows.write

        def refuse(row: Row, *, after: Row | None) -> None:
            if row.execution_arn == refused:
                raise RuntimeError("no capacity")
            write(row, after=after)

        index.rows.write = refuse  # type: ignore[method-assign]
        records = [
            record(life.events(counted=True)[0][1], name=life.name, receives=receives)
            for life in LIVES
        ]
        return capture(index, letters).batch(records)

    def test_it_alone_is_brought_again(self, index: Index) -> None:
        letters = Letters()
        captured = self.batch(index, 1, letters)
        assert captured.again == ["run-1"]
        assert letters.kept == []
        assert len(index.rows.items) == 2

    def test_after_three_tries_it_is_laid_aside_with_its_reason(self, index: Index) -> None:
        letters = Letters()
        captured = self.batch(index, 3, letters)
        assert captured.again == []
        [(body, reason)] = letters.kept
        assert json.loads(body)["detail"]["name"] == "run-1"
        assert reason == "RuntimeError: no capacity"

    def test_if_it_cannot_be_laid_aside_it_is_not_lost(self, index: Index) -> None:
        assert self.batch(index, 3, Letters(broken=True)).again == ["run-1"]


def unreadable(index: Index, *, poison: str) -> None:
    """A read that includes this execution fails, as a whole."""
    read = index.rows.read

    def refuse(arns: Any) -> Any:
        if any(poison in arn for arn in arns):
            raise RuntimeError("no capacity")
        return read(arns)

    index.rows.read = refuse  # type: ignore[method-assign]


def starts(receives: int = 1) -> list[dict[str, Any]]:
    return [
        record(life.events(counted=True)[0][1], name=life.name, receives=receives) for life in LIVES
    ]


def test_if_no_row_can_be_read_all_records_come_again(index: Index) -> None:
    unreadable(index, poison="run")
    assert capture(index, Letters()).batch(starts()).again == ["run-0", "run-1", "run-2"]


def test_if_still_none_can_be_read_each_is_laid_aside_with_its_reason(index: Index) -> None:
    unreadable(index, poison="run")
    letters = Letters()
    captured = capture(index, letters).batch(starts(receives=3))
    assert (captured.again, captured.laid_aside) == ([], 3)
    assert {reason for _, reason in letters.kept} == {"RuntimeError: no capacity"}


def test_a_record_that_spoils_the_read_of_its_neighbours_ends_alone(index: Index) -> None:
    unreadable(index, poison="run-1")
    letters = Letters()
    captured = capture(index, letters).batch(starts(receives=3))
    assert [json.loads(body)["detail"]["name"] for body, _ in letters.kept] == ["run-1"]
    assert [change.after.execution_name for change in captured.changes] == ["run-0", "run-2"]


def test_what_nobody_foresaw_is_tried_again_alone_and_ends_with_its_reason(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(event: Any) -> Any:
        if event["detail"]["name"] == "run-1":
            raise RuntimeError("a fault of ours")
        return observation_of(event)

    monkeypatch.setattr("breakwater.index.capture.observation_of", stumble)
    letters = Letters()
    first = capture(index, letters).batch(starts())
    assert (first.again, letters.kept, len(first.changes)) == (["run-1"], [], 2)
    capture(index, letters).batch(starts(receives=3))
    assert [reason for _, reason in letters.kept] == ["RuntimeError: a fault of ours"]


def test_children_of_distributed_maps_are_left_out(index: Index) -> None:
    captured = capture(index, Letters()).batch([record(CHILD.events(counted=True)[0][1])])
    assert captured.changes == []
    assert index.rows.items == {}
