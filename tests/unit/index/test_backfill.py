"""The past: interrupted anywhere, it is complete in the end, and nothing is written twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from breakwater.index.backfill import Backfill, BackfillProgress
from breakwater.index.malformed import Malformed
from breakwater.index.pace import OutOfTime
from breakwater.index.step_functions import NoSuchMachine, StaleToken
from tests.examples import examples
from tests.unit.index.test_the_truth import SETTINGS, Index, told, truth
from tests.unit.index.world import START, Attempt, Life, World, minutes

STATUSES = ["SUCCEEDED", "FAILED", "ABORTED"]
LIVES = [
    Life(
        machine=["orders", "nightly"][n % 2],
        name=f"run-{n}",
        attempts=[
            Attempt(began=START + minutes(n), ended=START + minutes(n + 1), status=STATUSES[n % 3])
        ],
        input={"order": {"id": f"A-{n}"}, "by": "ada"},
    )
    for n in range(12)
]
TAGS = {
    "orders": {"agentName": "shop", "breakwater:search": "order.id", "breakwater:priority": "high"}
}


class Interrupted(Exception):
    """The function was killed."""


def backfill(index: Index, **how: Any) -> Backfill:
    """Of this world, into this index."""
    return Backfill(
        lists=index.world,
        executions=index.world,
        machines=index._directory,
        rows=index.rows,
        writer=index.writer,
        settings=SETTINGS,
        clock=index.world.clock,
        **how,
    )


def run(index: Index, kept: dict[str, Any], *, killed_after: int | None = None) -> Any:
    """A slice, from what was kept; killed when the place would be kept once more."""
    left = [killed_after]

    def keep(progress: BackfillProgress) -> None:
        if left[0] is not None:
            left[0] -= 1
            if left[0] < 0:
                raise Interrupted
        kept["progress"] = progress.to_json()

    progress = BackfillProgress.of(kept.get("progress")) or BackfillProgress(started_at="now")
    backfill(index, keep=keep).run(progress)
    return progress


@pytest.fixture
def index() -> Index:
    return make()


def make(lives: list[Life] = LIVES) -> Index:
    index = Index(World(lives, TAGS))
    index.world.now = START + timedelta(days=2)
    return index


def is_complete(index: Index) -> bool:
    expected = {life.arn: truth(life, index.world.now) for life in LIVES}
    return {arn: told(item) for arn, item in index.rows.items.items()} == expected


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.integers(0, 9), max_size=5))
def test_killed_anywhere_and_gone_on_with_it_is_complete_and_written_once(kills: list[int]) -> None:
    index, kept = make(), dict[str, Any]()
    for kill in kills:
        try:
            run(index, kept, killed_after=kill)
        except Interrupted:
            continue
    run(index, kept)
    assert kept["progress"]["done"]
    assert is_complete(index)
    assert index.rows.writes == len(LIVES)


def test_it_says_how_far_it_is(index: Index) -> None:
    progress = run(index, {})
    assert (progress.machines, progress.machines_done, progress.listed) == (2, 2, 12)
    assert (progress.written, progress.known, progress.expired) == (12, 0, 0)


def test_again_it_finds_everything_known(index: Index) -> None:
    run(index, {})
    progress = run(index, {})
    assert (progress.written, progress.known) == (0, 12)


def test_a_token_that_is_too_old_begins_that_list_again(index: Index) -> None:
    kept = {
        "progress": BackfillProgress(
            started_at="now", machine=LIVES[1].machine_arn, token="old"
        ).to_json()
    }
    executions = index.world.executions

    def stale(machine: str, **words: Any) -> Any:
        if words.get("token") == "old":
            raise StaleToken(machine)
        return executions(machine, **words)

    index.world.executions = stale  # type: ignore[method-assign,assignment]
    run(index, kept)
    assert is_complete(index)


def test_what_would_not_be_kept_is_not_written(index: Index) -> None:
    index.world.now = START + timedelta(days=91)
    progress = run(index, {})
    assert (progress.written, progress.expired) == (0, 12)


def test_events_may_arrive_meanwhile(index: Index) -> None:
    for life in LIVES[:6]:
        index.deliver(life.events(counted=True)[1][1])
    progress = run(index, {})
    assert (progress.written, progress.known) == (6, 6)
    assert is_complete(index)


def test_one_machine_alone(index: Index) -> None:
    kept = {"progress": BackfillProgress(started_at="now", only=LIVES[0].machine_arn).to_json()}
    assert run(index, kept).written == 6


def test_one_machine_that_there_is_not_is_no_success(index: Index) -> None:
    def nobody(machine: str, **_words: Any) -> Any:
        raise NoSuchMachine(machine)

    index.world.executions = nobody  # type: ignore[method-assign,assignment]
    typo = f"{LIVES[0].machine_arn}-typo"
    kept = {"progress": BackfillProgress(started_at="now", only=typo).to_json()}
    with pytest.raises(Malformed, match=f"{typo} is no state machine that keeps executions"):
        run(index, kept)
    assert run(index, {}).done  # of all there are, those that go meanwhile are passed over


def test_its_time_ends_and_it_says_so(index: Index) -> None:
    def no_time() -> None:
        raise OutOfTime("the time is up")

    progress = BackfillProgress(started_at="now")
    slice_ = backfill(index, keep=lambda _progress: None, check_time=no_time)
    assert slice_.run(progress) == "the end of its time"
    assert not progress.done


def test_a_deleted_machine_is_passed_over(index: Index) -> None:
    index.world.lives = {
        arn: replace(life, deleted=START) for arn, life in index.world.lives.items()
    }
    assert run(index, {}).listed == 0
