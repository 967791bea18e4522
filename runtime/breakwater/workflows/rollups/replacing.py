"""Which contribution shall stand, and what that changes in the rollups. Pure.

A contribution that is counted again changes nothing; one that is better understood takes its old
self out and puts itself in. So events may come twice, late, or again from the beginning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from breakwater.workflows.rollups.contribution import Contribution
from breakwater.workflows.rollups.figures import Kept, Place
from breakwater.workflows.rollups.places import Keeping, places_of, room_of, share_of
from breakwater.workflows.rollups.room import absorb
from breakwater.workflows.rollups.tally import Rollup


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A contribution as it was read."""

    contribution: Contribution
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A contribution that shall stand from now on."""

    before: Stored | None
    after: Contribution


def corrected(stored: Contribution, facts: Contribution) -> Contribution | None:
    """What a later row makes of a contribution; None when it says nothing new.

    What the history told stays: that of an ended attempt changes no more.
    """
    if facts.revision <= stored.revision:
        return None
    whole = facts.with_history_of(stored)
    return None if replace(whole, revision=stored.revision) == stored else whole


def places_in(changes: Iterable[Change], keeping: Keeping, now: datetime) -> set[Place]:
    """All items that these changes are counted in."""
    return {
        place
        for change in changes
        for contribution in _both(change)
        for place in places_of(contribution, keeping, now)
    }


def applied(
    kept: Mapping[Place, Kept], changes: Iterable[Change], keeping: Keeping, now: datetime
) -> dict[Place, Rollup]:
    """The rollups with these changes; what was read is filled further, not copied."""
    rollups: dict[Place, Rollup] = {}
    for change in changes:
        for contribution in _both(change):
            times = 1 if contribution is change.after else -1
            for place in places_of(contribution, keeping, now):
                if place not in rollups:
                    found = kept.get(place)
                    rollups[place] = found.rollup if found else Rollup()
                absorb(rollups[place], share_of(contribution, place), room_of(place), times)
    return rollups


def _both(change: Change) -> list[Contribution]:
    """The new one first: a name stays in the item where it had room before."""
    return [change.after, *([change.before.contribution] if change.before else [])]
