"""What is counted, on an emulated DynamoDB: whole, once, and for a while."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from breakwater.platform.clock import iso
from breakwater.platform.http.errors import Unavailable
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.rollups.contribution import History, facts_of
from breakwater.workflows.rollups.contributions import Contributions, Overtaken
from breakwater.workflows.rollups.histories import Histories
from breakwater.workflows.rollups.places import ALL_SLICES, places_of
from breakwater.workflows.rollups.profile import MachineProfile
from breakwater.workflows.rollups.profiles import Profiles
from breakwater.workflows.rollups.replacing import Change
from breakwater.workflows.rollups.rollup_table import RollupTable
from breakwater.workflows.rollups.sweep import Sweep
from tests.unit.workflows.rollups.conftest import TABLE
from tests.unit.workflows.rollups.counting import (
    KEEPING,
    ROWS,
    TIMELINES,
    Told,
    Unreadable,
    always,
    contributor,
    expected,
)
from tests.unit.workflows.rollups.made import FAILED, NOW, contribution, ended, went_well


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

    @pytest.mark.thorough
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
        histories = Histories(Unreadable(Unavailable("busy")))
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
        # Redriven, they did only a part of it.
        again: dict[str, Any] = {
            "redrive_count": 1,
            "redrive_date": iso(NOW - timedelta(seconds=61)),
        }
        bad += [ended(f"r{n}", seconds=9_999, **again) for n in range(50)]
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
