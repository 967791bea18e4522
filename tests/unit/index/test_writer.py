"""Writers that meet: whoever comes second decides anew, on what the first has written."""

from typing import Any

import pytest

from breakwater.index.event import observation_of
from breakwater.index.row import Row
from breakwater.index.rows import Overtaken
from breakwater.index.writer import TooBusy
from tests.unit.index.test_the_truth import Index
from tests.unit.index.world import START, Attempt, Life, World, minutes

LIFE = Life(
    machine="nightly",
    name="run",
    attempts=[Attempt(began=START, ended=START + minutes(1), status="FAILED")],
)


@pytest.fixture
def index() -> Index:
    index = Index(World([LIFE], {}))
    index.world.now = START + minutes(5)
    return index


def seen(number: int, *, counted: bool = True, **changed: Any) -> Any:
    event = LIFE.events(counted=counted)[number][1]
    event["detail"] |= changed
    return observation_of(event)


def test_who_read_before_another_wrote_decides_anew(index: Index) -> None:
    index.writer.apply(seen(1), None)
    assert index.writer.apply(seen(0), None) is None  # its reader saw no row yet
    assert index.rows.items[LIFE.arn]["status"] == "FAILED"


def test_the_later_of_two_that_meet_wins_whoever_writes_first(index: Index) -> None:
    index.writer.apply(seen(0), None)
    change = index.writer.apply(seen(1), None)
    assert change
    assert change.before
    assert (change.before.status, change.after.status) == ("RUNNING", "FAILED")
    assert change.after.revision == 2


def test_a_row_that_never_stands_still_is_left_for_later(index: Index) -> None:
    def always(_row: Row, *, after: Row | None) -> None:
        raise Overtaken

    index.rows.write = always  # type: ignore[method-assign,assignment]
    with pytest.raises(TooBusy, match="was changed 6 times"):
        index.writer.apply(seen(0), None)


def test_of_an_execution_that_is_gone_the_attempt_that_is_known_counts(index: Index) -> None:
    """Two ends without redrive counts, and nobody left to ask: a conflict, to be seen."""
    index.writer.apply(seen(1, counted=False), None)
    index.world.describe = lambda _arn: None  # type: ignore[method-assign,assignment]
    other = seen(1, counted=False, status="ABORTED")
    current = index.rows.read([LIFE.arn])[LIFE.arn]
    change = index.writer.apply(other, current)
    assert change
    assert change.after.conflict
    index.sweep()
    row = index.rows.items[LIFE.arn]
    assert row["conflict"]  # nobody knows better: it stays to be seen,
    assert "attention" not in row  # and is not asked for again and again
    assert "open" not in row
