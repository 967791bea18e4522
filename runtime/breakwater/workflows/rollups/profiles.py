"""Profiles of several state machines, by one read."""

from collections.abc import Callable, Collection
from datetime import datetime

from breakwater.workflows.rollups.figures import Figures, Place
from breakwater.workflows.rollups.periods import recent_months
from breakwater.workflows.rollups.profile import MachineProfile, profile_of
from breakwater.workflows.rollups.tally import Rollup


class Profiles:
    """What state machines usually do."""

    def __init__(self, figures: Figures, clock: Callable[[], datetime]) -> None:
        self._figures = figures
        self._clock = clock

    def of(self, state_machine_arns: Collection[str]) -> dict[str, MachineProfile]:
        """One profile each, also of machines that nothing is known of.

        Two items each, this month's and the last one's: one BatchGetItem for up to fifty machines.
        """
        months = recent_months(self._clock())
        arns = sorted(set(state_machine_arns))
        kept = self._figures.read([Place(arn, month) for arn in arns for month in months])
        profiles = {}
        for arn in arns:
            rollup = Rollup()
            for month in months:
                if found := kept.get(Place(arn, month)):
                    rollup.add(found.rollup)
            profiles[arn] = profile_of(arn, rollup)
        return profiles
