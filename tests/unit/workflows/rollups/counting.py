"""Executions to count, what their histories tell, and what they must add up to."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from breakwater.platform.clock import iso
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.rollups.contribution import Contribution, History
from breakwater.workflows.rollups.contributor import Contributor
from breakwater.workflows.rollups.figures import Place
from breakwater.workflows.rollups.places import Keeping, places_of, share_of
from breakwater.workflows.rollups.tally import Rollup
from tests.unit.workflows.rollups.made import FAILED, NOW, broke, ended, went_well

KEEPING = Keeping()


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


class Unreadable:
    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def events(self, execution_arn: str, *, payloads: bool = False) -> Any:
        self.asked += 1
        raise self.error
