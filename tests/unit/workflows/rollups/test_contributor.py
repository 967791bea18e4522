"""Whatever comes twice, late, out of order or at once: the figures are those of what is true."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater.index.row import Row
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.rollups.contribution import History, facts_of
from breakwater.workflows.rollups.contributions import Overtaken
from breakwater.workflows.rollups.contributor import Key
from breakwater.workflows.rollups.figures import Kept, Place
from breakwater.workflows.rollups.places import ROOM, ROOM_OF_MACHINE
from breakwater.workflows.rollups.replacing import Change, Stored, applied, places_in
from breakwater.workflows.rollups.rollup_table import Throttled
from breakwater.workflows.rollups.tally import EVERYTHING_ELSE, Rollup
from tests.examples import examples
from tests.unit.workflows.rollups.counting import (
    KEEPING,
    ROWS,
    TIMELINES,
    Told,
    always,
    contributor,
    expected,
)
from tests.unit.workflows.rollups.made import FAILED, NOW, ended


class Memory:
    """The store, in memory; it can be busy."""

    def __init__(self) -> None:
        self.kept: dict[Key, Stored] = {}
        self.rollups: dict[Place, Rollup] = {}
        self.busy: list[Exception] = []

    def stored(self, keys: Iterable[Key]) -> dict[Key, Stored]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def portions(self, changes: Sequence[Change], now: Any) -> list[list[Change]]:
        return [list(changes)] if changes else []

    def write(self, changes: Sequence[Change], now: Any) -> None:
        if self.busy:
            raise self.busy.pop(0)
        kept = {
            place: Kept(rollup=self.rollups[place])
            for place in places_in(changes, KEEPING, NOW)
            if place in self.rollups
        }
        for change in changes:
            assert self.kept.get(change.after.key) == change.before
        self.rollups |= applied(kept, changes, KEEPING, NOW)
        for change in changes:
            version = change.before.version + 1 if change.before else 1
            self.kept[change.after.key] = Stored(contribution=change.after, version=version)


def something(rollups: dict[Place, Rollup]) -> dict[Place, Rollup]:
    return {place: rollup for place, rollup in rollups.items() if rollup}


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.lists(st.sampled_from(ROWS), max_size=6), max_size=8), st.randoms())
def test_any_order_and_any_repetition_come_to_what_the_newest_rows_tell(
    batches: list[list[Row]], chance: random.Random
) -> None:
    store, told = Memory(), Told(TIMELINES)
    work = contributor(store, told)
    everything = [row for batch in batches for row in batch]
    for batch in batches:
        work.rows(batch, may_read=always)
    chance.shuffle(everything)
    for row in everything:  # each alone: what is older comes after what is newer, too
        work.rows([row], may_read=always)
    newest: dict[Key, Row] = {}
    for row in sorted(everything, key=lambda row: row.revision):
        newest[row.execution_arn, row.redrive_count] = row
    assert store.kept.keys() == newest.keys()
    contributions = [stored.contribution for stored in store.kept.values()]
    assert something(store.rollups) == something(expected(contributions))
    for key, row in newest.items():
        whole = facts_of(row)
        found = store.kept[key].contribution
        assert (found.outcome, found.agent, found.ended_at, found.sla) == (
            *(whole.outcome, whole.agent, whole.ended_at),
            whole.sla,
        )
    assert len(told.asked) == len(newest)  # a repetition asks Step Functions nothing


@pytest.mark.parametrize("trouble", [Overtaken("x"), Throttled("x")])
def test_who_is_overtaken_reads_again_and_counts_once(trouble: Exception) -> None:
    store = Memory()
    store.busy = [trouble] * 3
    done = contributor(store, Told(TIMELINES)).rows(ROWS, may_read=always)
    assert (done.failed, store.busy) == ([], [])
    assert something(store.rollups) == something(
        expected(stored.contribution for stored in store.kept.values())
    )


def test_one_that_cannot_be_counted_is_named_and_the_others_are() -> None:
    store = Memory()
    told = Told(TIMELINES)

    def of(arn: str) -> Timeline | History:
        if arn == ROWS[0].execution_arn:
            raise RuntimeError("odd")
        return History.GONE

    told.of = of  # type: ignore[assignment]
    done = contributor(store, told).rows([ROWS[0], ROWS[4]], may_read=always)
    [(key, error)] = done.failed
    assert (key[0], str(error)) == (ROWS[0].execution_arn, "odd")
    assert [arn for arn, _ in store.kept] == [ROWS[4].execution_arn]


def test_a_store_that_refuses_one_takes_the_others_alone() -> None:
    class Picky(Memory):
        def write(self, changes: Sequence[Change], now: Any) -> None:
            if any(change.after.machine.endswith("third") for change in changes):
                raise ValueError("not this one")
            super().write(changes, now)

    store = Picky()
    done = contributor(store, Told()).rows([ROWS[0], ROWS[4], ROWS[6]], may_read=always)
    assert [key[0] for key, _ in done.failed] == [ROWS[6].execution_arn]
    assert len(store.kept) == 2
    assert done.changed == 2


def test_what_ended_too_long_ago_is_not_counted() -> None:
    old = ended("old", stopped=NOW - timedelta(days=96))
    store = Memory()
    done = contributor(store, Told()).rows([old], may_read=always)
    assert (done.too_old, store.kept) == (1, {})


def test_without_time_it_is_counted_without_its_steps() -> None:
    store, told = Memory(), Told(TIMELINES)
    contributor(store, told).rows([ROWS[0]], may_read=lambda: False)
    [stored] = store.kept.values()
    assert (stored.contribution.history, told.asked) == (History.NO_BUDGET, [])


def test_room_is_kept_and_what_has_none_is_added_up_apart() -> None:
    store = Memory()
    rows = [
        ended(f"{n}", machine="busy", agent_name=f"agent-{n % 120}", **FAILED) for n in range(240)
    ]
    contributor(store, Told()).rows(rows, may_read=always)
    store_day = next(p for p in store.rollups if p.period.startswith("DAY#"))
    types = dict(store.rollups[store_day].of("type"))
    assert len(types) == ROOM["type"] + 1
    assert types[EVERYTHING_ELSE,].of("ended") == 40
    assert sum(tally.of("ended") for tally in types.values()) == 240
    # Repaired, each leaves the place that it was counted in.
    contributor(store, Told()).rows(
        [replace(row, revision=9, agent_name="agent-1") for row in rows], may_read=always
    )
    assert dict(store.rollups[store_day].of("type")).keys() == {("agent-1",)}
    assert ROOM_OF_MACHINE["step"] == 200
