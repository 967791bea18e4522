"""The point-in-time snapshots of a server: taken every ten minutes, thinned out as they age.

As with the service's default policy: every ten minutes for an hour, hourly for a day, daily for
the retention. Which there are is a function of the moment; none is stored.
"""

import math
from dataclasses import dataclass

from breakwater_local.drs.dice import Dice
from breakwater_local.drs.replication import Course, consistent_at

EVERY = 600.0
_HOUR, _DAY = 3600.0, 86400.0
_PER_HOUR, _PER_DAY = 6, 144
_LONGEST_TO_TAKE = 20.0


@dataclass(frozen=True)
class Snapshot:
    """A consistent copy of a server's disks."""

    number: int
    id: str
    expected: float
    taken: float


@dataclass(frozen=True)
class Policy:
    """What decides the snapshots of a server."""

    server_id: str
    course: Course
    retention_days: int
    expiries: tuple[float, ...] = ()
    """Moments at which every snapshot that there was went away."""


def snapshots_at(policy: Policy, dice: Dice, at: float) -> list[Snapshot]:
    """Those that there are at a moment, oldest first."""
    offset = dice.between(0.0, EVERY, "snapshot grid", policy.server_id)
    now = math.floor((at - offset) / EVERY)
    numbers = {
        *_numbers(now, _HOUR, 1),
        *_numbers(now, _DAY, _PER_HOUR),
        *_numbers(now, policy.retention_days * _DAY, _PER_DAY),
    }
    cut = max((expiry for expiry in policy.expiries if expiry <= at), default=-math.inf)
    found = (_snapshot(policy, dice, offset, number) for number in sorted(numbers))
    return [
        snapshot
        for snapshot in found
        if cut <= snapshot.taken <= at and consistent_at(policy.course, snapshot.expected)
    ]


def _numbers(now: int, kept: float, every: int) -> range:
    oldest = now - math.floor(kept / EVERY) + 1
    return range(math.ceil(oldest / every) * every, now + 1, every)


def _snapshot(policy: Policy, dice: Dice, offset: float, number: int) -> Snapshot:
    expected = offset + number * EVERY
    taking = dice.between(1.0, _LONGEST_TO_TAKE, "snapshot taken", policy.server_id, number)
    return Snapshot(
        number, dice.id("pit-", policy.server_id, number), expected, round(expected + taking, 1)
    )


def ebs_snapshots(dice: Dice, snapshot: Snapshot, disks: int) -> list[str]:
    """One for each disk."""
    return [dice.id("snap-", snapshot.id, number) for number in range(disks)]
