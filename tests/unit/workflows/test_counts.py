"""The figures above the list: what is open by the list's own rules, and what ended on this day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breakwater.platform.clock import iso
from breakwater.recovery.engine.run import OPEN
from breakwater.recovery.engine.status import RunStatus
from breakwater.workflows.engines.recovery.run_reader import RunReader
from breakwater.workflows.engines.step_functions.compensation.unfinished import (
    UnfinishedCompensations,
)
from breakwater.workflows.listing import counts as counting
from breakwater.workflows.listing.counts import KEPT_SECONDS, Counts, OpenRows
from breakwater.workflows.machine_notes import MachineNotes
from breakwater.workflows.rollups.figures import Kept, Place
from breakwater.workflows.rollups.places import Keeping, places_of, share_of
from breakwater.workflows.rollups.profile import MachineProfile
from tests.unit.workflows.conftest import (
    HISTORY,
    INDEX,
    NOW,
    RECOVERY,
    STATES,
    World,
    ago,
    row,
    row_of,
    run,
)
from tests.unit.workflows.rollups.made import FAILED, contribution, ended


@dataclass
class Days:
    """Rollups of contributions, wherever they are counted."""

    kept: dict[Place, Kept] = field(default_factory=dict)

    def has(self, name: str, machine: str, stopped: datetime, **more: Any) -> None:
        one = contribution(ended(name, machine, stopped=stopped, **more))
        for place in places_of(one, Keeping(), NOW):
            found = self.kept.setdefault(place, Kept(updated_at=iso(stopped)))
            found.rollup.add(share_of(one, place))

    def read(self, places: Collection[Place], *, now: bool = False) -> Mapping[Place, Kept]:
        return {place: self.kept[place] for place in places if place in self.kept}


@dataclass
class Scene:
    world: World
    days: Days = field(default_factory=Days)
    now: datetime = NOW
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.counts = Counts(
            rows=OpenRows(self.world.dynamodb, INDEX),
            runs=RunReader(self.world.dynamodb, HISTORY),
            compensations=UnfinishedCompensations(self.world.dynamodb, INDEX),
            notes=MachineNotes(self.world.dynamodb, INDEX),
            profiles=self.world.profiles,
            figures=self.days,
            recovery_machine=RECOVERY,
            clock=lambda: self.now,
            seconds=lambda: self.seconds,
        )

    def told(self) -> dict[str, Any]:
        self.seconds += KEPT_SECONDS
        return self.counts.now()


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_what_ended_on_this_day_is_counted_by_how_it_ended(scene: Scene) -> None:
    at, met, late = NOW - timedelta(hours=1), {"sla_target_seconds": 60}, {"sla_target_seconds": 59}
    scene.days.has("a", "orders", at, **met)
    scene.days.has("b", "billing", at, **met)
    scene.days.has("c", "orders", at, **late)
    scene.days.has("d", "orders", at)
    scene.days.has("e", "orders", at, **FAILED)
    scene.days.has("f", "billing", at, status="TIMED_OUT")
    scene.days.has("g", "orders", at, status="ABORTED", **met)
    told = scene.told()
    assert (told["completedToday"], told["failedToday"]) == (4, 2)
    assert (told["withTargetToday"], told["slaCompliancePercentToday"]) == (3, 66.7)
    assert told["todayAsOf"] == iso(at)


def test_of_no_target_there_is_no_compliance_and_of_nothing_no_figure(scene: Scene) -> None:
    told = scene.told()
    assert (told["completedToday"], told["failedToday"], told["todayAsOf"]) == (0, 0, None)
    assert told["slaCompliancePercentToday"] is None
    scene.days.has("a", "orders", NOW - timedelta(hours=1))
    told = scene.told()
    assert (told["completedToday"], told["slaCompliancePercentToday"]) == (1, None)


def test_a_day_begins_at_midnight_utc_wherever_people_are(scene: Scene) -> None:
    scene.days.has("last", "orders", datetime(2026, 11, 19, 23, 59, 59, 999000, tzinfo=UTC))
    scene.days.has("first", "orders", datetime(2026, 11, 20, tzinfo=UTC))
    told = scene.told()
    assert (told["day"], told["completedToday"]) == ("2026-11-20", 1)
    scene.now = datetime.fromisoformat("2026-11-20T00:30:00+09:00")  # in Tokyo it is the 20th
    told = scene.told()
    assert (told["day"], told["completedToday"]) == ("2026-11-19", 1)


def test_what_is_slow_above_the_list_is_what_is_slow_in_the_list(scene: Scene) -> None:
    world = scene.world
    for name, samples in (("usual", 20), ("young", 19)):
        arn = f"{STATES}:stateMachine:{name}"
        world.profiles.known[arn] = MachineProfile(
            state_machine_arn=arn, samples=samples, p50=60.0, p95=300.0
        )
    world.has_tags(f"{STATES}:stateMachine:tagged", breakwater__sla_seconds="601")
    world.has_row(row("late", machine="usual"))
    world.has_row(row("young", machine="young"))
    world.has_row(row("of-the-tag", machine="tagged"))
    world.has_row(row("of-its-input", sla_target_seconds=601))
    world.has_row(row("fine", sla_target_seconds=3600))
    again = iso(ago(minutes=1))
    world.has_row(
        row("again", machine="usual", at=ago(hours=9), redrive_count=1, redrive_date=again)
    )
    slow = {one.name for one in world.all(status="slow")}
    assert slow == {"late", "of-the-tag", "of-its-input"}
    assert (scene.told()["slow"], scene.told()["active"]) == (3, 6)


def test_a_run_is_counted_once_and_its_execution_and_cleanups_never(scene: Scene) -> None:
    pending = run(1, RunStatus.PENDING, open=OPEN)
    going = run(2, RunStatus.RUNNING, open=OPEN)
    scene.world.has_run(pending)
    scene.world.has_run(going)
    scene.world.has_row(row_of(going, "RUNNING"))
    scene.world.has_row(
        row(f"{going.execution_id}-cleanup-1", machine="Recovery", agent="recovery")
    )
    scene.world.has_row(row("other"))
    told = scene.told()
    assert (told["active"], told["pending"], told["atLeast"]) == (3, 1, False)


def test_more_than_is_counted_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "COUNTED", 2)
    for name in "abc":
        scene.world.has_row(row(name))
    told = scene.told()
    assert (told["active"], told["atLeast"]) == (2, True)


def test_every_page_asks_and_it_is_read_once_in_some_seconds(scene: Scene) -> None:
    first = scene.told()
    scene.world.has_row(row("a"))
    scene.seconds += KEPT_SECONDS - 0.1
    assert scene.counts.now() is first
    scene.seconds += 0.2
    assert scene.counts.now()["active"] == 1
