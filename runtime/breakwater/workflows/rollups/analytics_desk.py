"""Reads the rollups of a period and answers from them.

A period of 30 days is 31 items of each slice, in two calls of BatchGetItem; 24 hours are 25 items
of each, in one: whatever the number of executions and of state machines.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from breakwater.platform.clock import iso
from breakwater.workflows.rollups.analytics import analytics_of
from breakwater.workflows.rollups.figures import Figures, Place
from breakwater.workflows.rollups.periods import window
from breakwater.workflows.rollups.places import ALL_SLICES
from breakwater.workflows.rollups.prices import Price
from breakwater.workflows.rollups.tally import Rollup


class AnalyticsDesk:
    """Answers GET /analytics."""

    def __init__(self, figures: Figures, price: Price, clock: Callable[[], datetime]) -> None:
        self._figures = figures
        self._price = price
        self._clock = clock

    def over(self, period: str) -> dict[str, Any]:
        """All figures of the last `24h`, `7d` or `30d`, and how complete they are."""
        now = self._clock()
        asked = window(period, now)
        kept = self._figures.read(
            [Place(part, written) for part in ALL_SLICES for written in asked.periods]
        )
        rollup = Rollup()
        for found in kept.values():
            rollup.add(found.rollup)
        told = analytics_of(rollup, self._price)
        first = min((place.period for place in kept), default=None)
        return {
            "period": period,
            "from": iso(asked.begins),
            "until": iso(now),
            **told,
            "completeness": {
                **told["completeness"],
                "firstPeriod": first.partition("#")[2] if first else None,
                "updatedAt": max(
                    (one.updated_at for one in kept.values() if one.updated_at), default=None
                ),
            },
        }
