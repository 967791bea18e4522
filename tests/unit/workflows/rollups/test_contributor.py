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
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import Forbidden, NotFound, Unavailable
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.rollups.contribution import Contribution, History, facts_of
from breakwater.workflows.rollups.contributions import Contributions, Overtaken
from breakwater.workflows.rollups.contributor import Contributor, Key
from breakwater.workflows.rollups.figures import Kept, Place
from breakwater.workflows.rollups.histories import Histories
from breakwater.workflows.rollups.places import (
    ALL_SLICES,
    ROOM,
    ROOM_OF_MACHINE,
    Keeping,
    places_of,
    share_of,
)
from breakwater.workflows.rollups.profile import MachineProfile
from breakwater.workflows.rollups.profiles import Profiles
from breakwater.workflows.rollups.replacing import Change, Stored, applied, places_in
from breakwater.workflows.rollups.rollup_table import RollupTable, Throttled
from breakwater.workflows.rollups.sweep import Sweep
from breakwater.workflows.rollups.tally import EVERYTHING_ELSE, Rollup
from tests.unit.workflows.rollups.conftest import TABLE
from tests.unit.workflows.rollups.made import (
    FAILED,
    NOW,
    broke,
    contribution,
    ended,
    went_well,
)

KEEPING = Keeping()


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


class Told:
    """Histories by ARN; what is not there cannot be read for want of budget."""

    def __init__(self, timelines: dict[str, Timeline | History] | None = None) -> None:
        self.timelines = timelines or {}
        self.asked: list[str] = []

    def of(self, execution_arn: str) -> Timeline | History:
        self.asked.append(execution_arn)
        return self.timelines.get(execution_arn, History.NO_BUDGET)


def contributor(store: Any, told: Any) -> Contributor:
    return Contributor(store, told, KEEPING, lambda: NOW, lambda _seconds: None)


def always() -> bool:
    return True


def expected(contributions: Iterable[Contribution]) -> dict[Place, Rollup]:
    """The rollups that exactly these add up to."""
    rollups: dict[Place, Rollup] = {}
    for one in contributions:
        for place in places_of(one, KEEPING, NOW):
            rollups.setdefault(place, Rollup()).add(share_of(one, place))
    return rollups


def something(rollups: dict[Place, Rollup]) -> dict[Place, Rollup]:
    return {place: rollup for place, rollup in rollups.items() if rollup}


ROWS = [
    ended("a", revision=2),
    ended("a", revision=3, agent_name="renamed"),
    ended("a", revision=4, **FAILED, sla_target_seconds=30),
    ended("a", revision=6, redrive_count=1, redrive_date=iso(NOW - timedelta(seconds=90))),
    ended("b", machine="other", stopped=NOW - timedelta(days=1, hours=3)),
    ended("b", machine="other", stopped=NOW - timedelta(hours=3), revision=3),
    ended("c", machine="third", status="ABORTED"),
]
TIMELINES: dict[str, Timeline | History] = {
    ROWS[0].execution_arn: went_well(retries=1),
    ROWS[4].execution_arn: broke(),
}


@settings(max_examples=60, deadline=None)
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
    work.rows(everything, may_read=always)
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


class TestHistories:
    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (Unavailable("busy"), History.NO_BUDGET),
            (NotFound("gone"), History.GONE),
            (Forbidden("no"), History.DENIED),
        ],
    )
    def test_why_there_is_none_is_told(self, error: Exception, why: History) -> None:
        assert Histories(_Reading(error)).of(ROWS[0].execution_arn) is why

    def test_after_the_first_refusal_nobody_is_asked_until_the_next_batch(self) -> None:
        reading = _Reading(Unavailable("busy"))
        histories = Histories(reading)
        for row in (ROWS[0], ROWS[4]):
            assert histories.of(row.execution_arn) is History.NO_BUDGET
        assert reading.asked == 1
        histories.begin()
        histories.of(ROWS[0].execution_arn)
        assert reading.asked == 2

    @pytest.mark.parametrize(
        "arn", ["custom.shop.17", "arn:aws:states:eu-west-1:111122223333:express:m:n:u"]
    )
    def test_what_keeps_no_history_is_not_asked_for(self, arn: str) -> None:
        reading = _Reading(NotFound("gone"))
        assert Histories(reading).of(arn) is History.NONE
        assert reading.asked == 0


class _Reading:
    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def events(self, execution_arn: str, *, payloads: bool = False) -> Any:
        self.asked += 1
        raise self.error


class TestTable:
    """The same on an emulated DynamoDB."""

    @pytest.fixture
    def store(self, dynamodb: Any) -> Contributions:
        return Contributions(dynamodb, TABLE, KEEPING)

    @pytest.fixture
    def figures(self, dynamodb: Any) -> RollupTable:
        return RollupTable(dynamodb, TABLE)

    def test_contributions_are_stored_and_counted_together(
        self, store: Contributions, figures: RollupTable
    ) -> None:
        work = contributor(store, Told(TIMELINES))
        done = work.rows(ROWS, may_read=always)
        assert (done.failed, done.changed) == ([], 4)
        again = work.rows(ROWS, may_read=always)
        assert (again.changed, again.unchanged) == (0, 4)
        keys = {(row.execution_arn, row.redrive_count) for row in ROWS}
        stored = [one.contribution for one in store.stored(keys).values()]
        wanted = expected(stored)
        kept = figures.read(wanted)
        assert {place: kept[place].rollup for place in wanted} == wanted

    def test_who_read_before_somebody_else_wrote_is_overtaken_and_changes_nothing(
        self, store: Contributions, figures: RollupTable
    ) -> None:
        one, other = contribution(ROWS[0]), contribution(ended("z"))
        place = places_of(one, KEEPING, NOW)[1]
        store.write([Change(before=None, after=one)], NOW)
        with pytest.raises(Overtaken):
            store.write([Change(before=None, after=one), Change(before=None, after=other)], NOW)
        assert figures.read([place])[place].version == 1
        assert store.stored([other.key]) == {}

    def test_portions_fit_into_transactions(self, store: Contributions) -> None:
        rows = [
            ended(f"{n}", machine=f"m-{n}", stopped=NOW - timedelta(hours=n % 90))
            for n in range(150)
        ]
        done = contributor(store, Told()).rows(rows, may_read=always)
        assert (done.failed, done.changed) == ([], 150)
        changes = [Change(before=None, after=facts_of(row)) for row in rows]
        assert sum(len(portion) for portion in store.portions(changes, NOW)) == 150

    def test_what_could_not_be_read_is_listed_until_the_sweep_reads_it(
        self, store: Contributions, figures: RollupTable
    ) -> None:
        told = Told()
        contributor(store, told).rows([ROWS[0], ROWS[4]], may_read=always)
        assert len(store.to_read(10)) == 2
        # Repaired meanwhile: its place in the list stays.
        contributor(store, told).rows([ROWS[5]], may_read=always)
        assert len(store.to_read(10)) == 2
        told.timelines = TIMELINES
        done = self.sweep(store, told)
        assert (done.changed, done.failed) == (2, [])
        assert store.to_read(10) == {}
        keys = [(row.execution_arn, 0) for row in (ROWS[0], ROWS[5])]
        wanted = expected(one.contribution for one in store.stored(keys).values())
        kept = figures.read(wanted)
        assert {place: kept[place].rollup for place in wanted} == wanted
        assert all(one.contribution.steps for one in store.stored(keys).values())

    def test_what_still_cannot_be_read_stays_listed(self, store: Contributions) -> None:
        told = Told()
        contributor(store, told).rows([ROWS[0]], may_read=always)
        assert self.sweep(store, told).changed == 0
        assert len(store.to_read(10)) == 1

    def sweep(self, store: Contributions, told: Told) -> Any:
        histories = Histories(_Reading(Unavailable("busy")))
        return Sweep(store, contributor(store, told), histories).run(may_go_on=always)

    def test_a_profile_is_drawn_from_what_succeeded(
        self, store: Contributions, figures: RollupTable
    ) -> None:
        times = [float(n) for n in range(1, 101)]
        rows = [ended(f"{n}", seconds=seconds) for n, seconds in enumerate(times)]
        last_month = [
            ended(f"l{n}", seconds=seconds, stopped=NOW - timedelta(days=30))
            for n, seconds in enumerate(times)
        ]
        bad = [ended(f"f{n}", seconds=9_999, **FAILED) for n in range(50)]
        timelines: dict[str, Timeline | History] = {
            row.execution_arn: went_well() for row in (*rows, *last_month)
        }
        contributor(store, Told(timelines)).rows([*rows, *last_month, *bad], may_read=always)
        orders, unknown = rows[0].state_machine_arn, "arn:of:nobody"
        profiles = Profiles(figures, lambda: NOW).of([orders, unknown])
        assert profiles[unknown] == MachineProfile(state_machine_arn=unknown)
        usual = profiles[orders]
        assert usual.samples == 200
        assert usual.p50 == pytest.approx(50, rel=0.01)
        assert usual.p95 == pytest.approx(95, rel=0.01)
        assert usual.median_steps == 3
        assert usual.steps["Charge"].count == 200
        assert usual.steps["Charge"].p95 == pytest.approx(4, rel=0.01)
        assert usual.is_slow(97)
        assert not usual.is_slow(90)
        assert usual.is_slow_step("Charge", 5)

    def test_fifty_profiles_are_one_call(
        self, store: Contributions, figures: RollupTable, dynamodb: Any
    ) -> None:
        calls: list[str] = []
        dynamodb.meta.events.register(
            "before-call.dynamodb", lambda model, **_words: calls.append(model.name)
        )
        Profiles(figures, lambda: NOW).of([f"arn:of:{n}" for n in range(50)])
        assert calls == ["BatchGetItem"]

    def test_slowness_is_not_judged_before_there_is_enough(self) -> None:
        few = MachineProfile(state_machine_arn="a", samples=19, p50=1.0, p95=2.0)
        assert not few.is_slow(100)
        assert replace(few, samples=20).is_slow(100)

    def test_everything_leaves_by_itself(self, store: Contributions, dynamodb: Any) -> None:
        contributor(store, Told()).rows([ROWS[0]], may_read=always)
        items = dynamodb.scan(TableName=TABLE)["Items"]
        assert len(items) == 5  # contribution, its note, month, day, hour
        days = {
            item["period"]["S"].split("#")[0]: round(
                (int(item["expiresAt"]["N"]) - NOW.timestamp()) / 86_400
            )
            for item in items
        }
        assert days["HOUR"] in (7, 8)
        assert days["DAY"] in (399, 400)
        assert days["REDRIVE"] == 95

    def test_slices_are_no_machines(self) -> None:
        assert all(part.startswith("ALL#") for part in ALL_SLICES)
