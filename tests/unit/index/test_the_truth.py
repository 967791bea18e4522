"""Whatever happens to events, two sweeps later the index holds exactly what is true."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from breakwater.contract import IndexSettings
from breakwater.index.event import observation_of
from breakwater.index.reconcile import Reconciler
from breakwater.index.sweep import Options, Progress, Sweep
from breakwater.index.writer import Writer
from breakwater.platform.clock import iso
from tests.examples import examples
from tests.unit.index.memory import MemoryDirectory, MemoryRows, NoHurry
from tests.unit.index.world import START, Attempt, Life, World, minutes

pytestmark = pytest.mark.thorough

ENDS = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
TAGS = {
    "orders": {"agentName": "shop", "breakwater:search": "order.id", "breakwater:priority": "high"},
    "nightly": {},
}
SETTINGS = IndexSettings(inputPaths={"triggeredBy": "by"})
EAGER = Options(settle=timedelta(0), audit_every=timedelta(0))
HORIZON = 20 * 24 * 60.0  # minutes: redrives come up to two weeks after the end


@st.composite
def lives(draw: st.DrawFn, number: int) -> Life:
    """An execution: attempts that end badly until one does not, or until nobody redrives it."""
    began = draw(st.floats(0, 3 * 24 * 60))
    attempts = []
    for _ in range(draw(st.integers(1, 3))):
        lasts = draw(st.sampled_from([0.0, 0.001, 0.5, 7.3, 3000.0]))
        status = draw(st.sampled_from([*ENDS, "RUNNING"]))
        ends = START + minutes(began + lasts) if status != "RUNNING" else None
        attempts.append(Attempt(began=START + minutes(began), ended=ends, status=status))
        if status in ("SUCCEEDED", "RUNNING"):
            break
        began += lasts + draw(st.sampled_from([0.0, 0.01, 1.0, 60.0, 5 * 24 * 60.0]))
    return Life(
        machine=draw(st.sampled_from(list(TAGS))),
        name=f"run-{number}",
        attempts=attempts,
        input={"order": {"id": f"A-{number}"}, "by": "ada"},
    )


@dataclass(frozen=True)
class Delivery:
    at: datetime
    event: dict[str, Any]


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Life], list[Delivery], list[datetime]]:
    """Executions; their events, a third dropped, some twice, all late as they like; and sweeps."""
    executions = [draw(lives(number)) for number in range(draw(st.integers(1, 6)))]
    counted = draw(st.booleans())
    deliveries = []
    for life in executions:
        for moment, event in life.events(counted=counted):
            for _ in range(draw(st.sampled_from([0, 1, 2]))):
                late = draw(st.sampled_from([0.0, 0.005, 2.0, 700.0, 9 * 24 * 60.0]))
                deliveries.append(Delivery(moment + minutes(late), event))
    order = draw(st.permutations(deliveries))
    deliveries = sorted(order, key=lambda delivery: delivery.at)
    sweeps = draw(st.lists(st.floats(0, HORIZON), max_size=4))
    return executions, deliveries, sorted(START + minutes(at) for at in sweeps)


class Index:
    """The index's parts around a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows = MemoryRows()
        directory = MemoryDirectory(world, SETTINGS)
        self.writer = Writer(self.rows, directory, world, SETTINGS, world.clock)
        self._directory = directory
        self._progress = Progress()

    def deliver(self, event: dict[str, Any]) -> None:
        self.writer.apply_all([observation_of(event)])

    def sweep(self) -> None:
        sweep = Sweep(
            lists=self.world,
            rows=self.rows,
            walks=self.rows,
            reconciler=Reconciler(self.rows, self.writer, self.world, self.world.clock),
            directory=self._directory,
            clock=self.world.clock,
            time=NoHurry(),
            options=EAGER,
        )
        sweep.run(self._progress)
        assert sweep.report.complete
        assert sweep.report.failures == []


def truth(life: Life, now: datetime) -> dict[str, Any]:
    """What must be known of it, said once more by hand."""
    found = life.at(now)
    assert found
    number, attempt = found
    known: dict[str, Any] = {
        "executionArn": life.arn,
        "executionName": life.name,
        "stateMachineArn": life.machine_arn,
        "agentName": {"orders": "shop", "nightly": "nightly"}[life.machine],
        "status": attempt.status,
        "startDate": iso(life.attempts[0].began),
        "account": "111122223333",
        "region": "eu-west-1",
        "redriveCount": number,
        "triggeredBy": "ada",
        "inputSize": len(f'{{"order": {{"id": "{life.input["order"]["id"]}"}}, "by": "ada"}}'),
    }
    if number:
        known["redriveDate"] = iso(attempt.began)
    if life.machine == "orders":
        known |= {"search": {"order.id": life.input["order"]["id"]}, "priority": "high"}
    if attempt.ended:
        lasted = attempt.ended - life.attempts[0].began
        known |= {
            "stopDate": iso(attempt.ended),
            "durationSeconds": round(lasted.total_seconds(), 3),
            "expiresAt": int((attempt.ended + timedelta(days=90)).timestamp()),
        }
    if attempt.status == "FAILED":
        known |= {"error": "Boom", "cause": "it went wrong"}
    return known


NOT_COMPARED = {
    *("indexedAt", "confirmedBy", "confirmedAt", "revision"),
    *("agentStatus", "startDay", "stopDay", "deadline"),
}


def told(item: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in item.items() if name not in NOT_COMPARED}
    open_in = kept.pop("open", None)
    assert open_in == ("OPEN" if kept["status"] == "RUNNING" else None)
    return kept


@settings(max_examples=examples(200), deadline=None)
@given(stories(), st.booleans(), st.booleans())
def test_two_sweeps_after_any_story_the_rows_are_exactly_the_true_ones(
    story: tuple[list[Life], list[Delivery], list[datetime]], throttled: bool, by_stop: bool
) -> None:
    executions, deliveries, sweeps = story
    world = World(executions, TAGS)
    world.by_stop = by_stop
    index = Index(world)
    index.sweep()  # the index stands before anything starts
    world.throttled = throttled  # tags can't be read until the end
    happenings: list[tuple[datetime, Any]] = [
        *((delivery.at, delivery.event) for delivery in deliveries),
        *((at, None) for at in sweeps),
    ]
    for at, event in sorted(happenings, key=lambda happening: happening[0]):
        world.now = max(world.now, at)
        index.deliver(event) if event else index.sweep()
    world.now = max(world.now, START + minutes(HORIZON))
    world.throttled = False
    index.sweep()
    index.sweep()
    expected = {life.arn: truth(life, world.now) for life in executions}
    assert {arn: told(item) for arn, item in index.rows.items.items()} == expected


@settings(max_examples=examples(100), deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_events_in_any_order_and_number_make_the_same_rows(
    story: tuple[list[Life], list[Delivery], list[datetime]], dice: Any
) -> None:
    """Without any sweep: rows depend on what was told, not on when it came, or how often."""
    executions, _, _ = story
    events = [event for life in executions for _, event in life.events(counted=True)]
    ends = []
    for _ in range(2):
        dice.shuffle(events)
        world = World(executions, TAGS)
        world.now = START + minutes(HORIZON)
        index = Index(world)
        for event in [*events, *events[: len(events) // 2]]:
            index.deliver(event)
        ends.append({arn: told(item) for arn, item in index.rows.items.items()})
    assert ends[0] == ends[1]
