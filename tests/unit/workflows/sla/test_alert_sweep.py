"""A warning, a breach and a slow state are each told once, at their time, whatever happens."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakwater.contract import IndexSettings
from breakwater.index.candidate import candidate
from breakwater.index.decide import decide
from breakwater.index.machine_facts import MachineFacts
from breakwater.index.observation import Observation, Source
from breakwater.index.row import Row
from breakwater.platform.clock import iso
from breakwater.workflows.sla.alert import InState
from breakwater.workflows.sla.execution_looks import NotNow
from tests.examples import examples
from tests.unit.workflows.sla.made import RECOVERY, Killed, World, at, profile, row

HOUR = 3600


def test_ninety_percent_of_the_target_are_told_once_and_so_is_the_breach() -> None:
    world = World()
    one = world.put(row(sla_target_seconds=HOUR))
    for minute in range(53):
        world.sweep(minutes=minute)
    assert world.words == []
    for minute in range(54, 60):
        world.sweep(minutes=minute)
    assert world.words == ["slaAtRisk"]
    assert world.rows[one.execution_arn].sla_warned_at == iso(at(54))
    for minute in range(60, 90):
        world.sweep(minutes=minute)
    assert world.words == ["slaAtRisk", "slaBreached"]
    assert world.rows[one.execution_arn].sla_breached_at == iso(at(61))  # more than an hour


def test_a_sweep_that_comes_late_tells_the_breach_alone() -> None:
    world = World()
    world.put(row(sla_target_seconds=HOUR))
    world.sweep(minutes=200)
    world.sweep(minutes=201)
    assert world.words == ["slaBreached"]


def test_what_ended_in_time_is_not_told_even_if_the_event_of_its_end_is_late() -> None:
    world = World()
    one = world.put(row(sla_target_seconds=HOUR))
    world.ended.add(one.execution_arn)
    world.sweep(minutes=61)
    assert world.words == []
    world.put(replace(row(sla_target_seconds=HOUR, ended=50), revision=9))
    world.sweep(minutes=70)
    assert world.words == []


def test_what_ended_late_between_two_sweeps_is_told_as_ended() -> None:
    world = World()
    world.put(row(sla_target_seconds=HOUR, ended=61))
    world.sweep(minutes=62)
    world.sweep(minutes=63)
    assert world.words == ["slaBreached"]
    assert "it ended (SUCCEEDED) beyond its target of 1 h" in world.told[0].body


def test_what_a_backfill_finds_is_no_news() -> None:
    world = World()
    world.put(row(sla_target_seconds=HOUR, ended=61, indexed_at=iso(at(600))))
    world.sweep(minutes=601)
    assert world.words == []


def test_a_recovery_run_is_left_to_the_engine() -> None:
    world = World()
    world.put(row(sla_target_seconds=60, state_machine_arn=RECOVERY))
    for minute in (1, 2, 60):
        assert world.sweep(minutes=minute).due == (minute == 1)
    assert world.words == []


def test_a_custom_workflow_is_told_of_without_asking_step_functions() -> None:
    world = World()
    key = "custom.billing.2026-11"
    world.put(row(execution_arn=key, state_machine_arn="custom.billing.x", sla_target_seconds=60))
    world.sweep(minutes=2)
    assert (world.words, world.asked) == (["slaBreached"], [])
    assert world.told[0].workflow_id == key


def test_without_a_budget_it_is_told_by_a_later_sweep() -> None:
    class Spent:
        def begin(self) -> None: ...

        def runs(self, _arn: str) -> bool:
            raise NotNow

    world = World()
    world.put(row(sla_target_seconds=HOUR))
    assert world.sweep(minutes=61, looks=Spent()).later == 1
    assert world.words == []
    world.sweep(minutes=62)
    assert world.words == ["slaBreached"]


def test_a_topic_that_refuses_is_tried_again_and_keeps_no_other_row_from_being_told() -> None:
    world = World()
    for name in ("one", "two"):
        world.put(row(name, sla_target_seconds=HOUR))
    world.refusing = RuntimeError("the topic is gone")
    swept = world.sweep(minutes=61)
    assert (swept.failed, "the topic is gone" in swept.failures[0]) == (2, True)
    world.refusing = None
    world.sweep(minutes=62)
    assert world.words == []  # whoever claimed it may still be telling
    assert world.sweep(minutes=64).again == 2
    assert world.words == ["slaBreached"] * 2


def test_when_its_time_is_over_a_sweep_leaves_the_rest_to_the_next() -> None:
    world = World()
    for name in ("one", "two"):
        world.put(row(name, sla_target_seconds=HOUR))
    left = iter([True, False])
    assert world.sweep(minutes=61, may_go_on=lambda: next(left)).out_of_time
    assert len(world.told) == 1
    world.sweep(minutes=62)
    assert len(world.told) == 2


# States


def test_a_state_slower_than_its_p95_is_told_once() -> None:
    world = World()
    one = world.put(row())
    world.profiles[one.state_machine_arn] = profile(p95=600, Pay=120, Ship=30)
    world.states[one.execution_arn] = [InState(name="Pay", since=at(6))]
    for minute in range(5, 10):
        world.sweep(minutes=minute)
    assert (world.words, world.asked) == ([], [])  # as a whole it is as quick as others
    for minute in range(10, 60):
        world.sweep(minutes=minute)
    assert world.words == ["slowState"]
    told = world.rows[one.execution_arn]
    assert (told.slow_state, told.slow_state_since) == ("Pay", iso(at(6)))
    assert (told.current_step, told.current_step_at) == ("Pay", iso(at(56)))
    world.states[one.execution_arn] = [InState(name="Ship", since=at(60))]
    for minute in range(60, 90):
        world.sweep(minutes=minute)
    assert world.words == ["slowState", "slowState"]
    assert world.rows[one.execution_arn].slow_state == "Ship"


def test_nothing_is_slow_of_which_too_little_is_known() -> None:
    world = World()
    one = world.put(row())
    world.profiles[one.state_machine_arn] = profile(samples=19, Pay=1)
    world.states[one.execution_arn] = [InState(name="Pay", since=at(0))]
    for minute in range(0, 120, 5):
        world.sweep(minutes=minute)
    assert (world.words, world.asked) == ([], [])


def test_an_execution_that_is_over_in_minutes_costs_the_watch_nothing() -> None:
    world = World()
    world.put(row())
    assert world.sweep(minutes=4.9).due == 0


# Redrives and events of the index


def seen(status: str, minute: float, redrive: int, stopped: float | None = None) -> Observation:
    return Observation(
        execution_arn=row().execution_arn,
        name="one",
        state_machine_arn=row().state_machine_arn,
        status=status,
        started=at(0),
        stopped=None if stopped is None else at(stopped),
        redrive_count=redrive,
        redriven=at(minute) if redrive else None,
        at=at(minute),
        source=Source.EVENT,
    )


def happened(world: World, sighting: Observation) -> None:
    """As the index's writer does it."""
    facts = MachineFacts(agent_name="orders", tagged={"slaTargetSeconds": "3600"}, certain=True)
    current = world.rows.get(sighting.execution_arn)
    decision = decide(current, sighting, candidate(sighting, facts, IndexSettings()))
    if decision.row is not None:
        revision = decision.row.revision + 1
        world.put(replace(decision.row, revision=revision, indexed_at=iso(world.now)))


def test_later_events_keep_what_was_told_and_a_redrive_begins_anew() -> None:
    world = World()
    happened(world, seen("RUNNING", 0, 0))
    world.sweep(minutes=55)
    world.sweep(minutes=61)
    happened(world, seen("RUNNING", 0, 0))
    happened(world, seen("FAILED", 70, 0, 70))
    ended = world.rows[row().execution_arn]
    assert (ended.sla_warned_at, ended.sla_breached_at) == (iso(at(55)), iso(at(61)))
    assert ended.to_values()["open"] is None
    happened(world, seen("RUNNING", 80, 1))
    assert world.rows[row().execution_arn].sla_breached_at is None
    world.sweep(minutes=81)
    assert world.words == ["slaAtRisk", "slaBreached", "slaBreached"]
    assert len({one.alert_id for one in world.told}) == 3


MINUTES = st.integers(0, 110)
TROUBLES = st.tuples(
    st.sets(MINUTES, max_size=80),  # when a sweep comes
    st.dictionaries(MINUTES, st.integers(0, 3), max_size=6),  # which of its steps is its last
    st.sets(MINUTES, max_size=5),  # when somebody else writes the row
)


@settings(max_examples=examples(300), deadline=None)
@given(
    target=st.integers(2, 40),
    lasts=st.one_of(st.none(), st.integers(1, 80)),
    event_late=st.integers(0, 4),
    troubles=TROUBLES,
)
def test_whoever_dies_whenever_nothing_is_lost_nothing_is_told_too_early(
    target: int,
    lasts: int | None,
    event_late: int,
    troubles: tuple[set[int], dict[int, int], set[int]],
) -> None:
    sweeps, kills, meddles = troubles
    world = World()
    arn = world.put(row(sla_target_seconds=target * 60)).execution_arn
    deaths = 0
    for minute in range(130):
        world.now = at(minute)
        if lasts is not None and minute >= lasts:
            world.ended.add(arn)
        if lasts is not None and minute == lasts + event_late:
            ended = row(ended=lasts, sla_target_seconds=target * 60)
            changes: dict[str, Any] = {
                name: getattr(ended, name) for name in ("status", "stop_date", "duration_seconds")
            }
            world.happens(arn, indexed_at=iso(world.now), **changes)
        elif minute in meddles:
            world.happens(arn, priority=f"at {minute}")
        if minute in sweeps or minute > 110:
            world.killed_at = kills.get(minute)
            try:
                world.sweep()
            except Killed:
                deaths += 1
            world.killed_at = None
        _nothing_too_early(world, target, lasts)
    counted = Counter(world.words)
    late = lasts is None or lasts > target
    assert (counted["slaBreached"] >= 1) == late
    if not deaths:
        assert counted["slaBreached"] <= 1
        assert counted["slaAtRisk"] <= 1
    assert len({one.alert_id for one in world.told}) == len(counted)


def _nothing_too_early(world: World, target: int, lasts: int | None) -> None:
    passed = (world.now - at(0)) / timedelta(minutes=1)
    if "slaAtRisk" in world.words:
        assert passed >= 0.9 * target
        assert lasts is None or lasts >= 0.9 * target
    if "slaBreached" in world.words:
        assert passed > target


@pytest.mark.parametrize("given", [row(), row(sla_target_seconds=60), row(ended=1)])
def test_a_row_survives_the_table(given: Row) -> None:
    marked = replace(given, sla_warned_at="a", slow_states=["b"], untold=["c"], quiet_until="d")
    kept = {name: value for name, value in marked.to_values().items() if value is not None}
    assert Row.from_values(kept) == marked
