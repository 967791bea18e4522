"""How many names an item may hold, and what becomes of the rest. Pure.

DynamoDB holds items of 400 KB, and every write is paid by the size of the whole item. So an item
holds so many names of a kind. What comes after them is added up under EVERYTHING_ELSE: sums over
all stay right, and how much is not told by name is known.

A name that is in an item stays, even when nothing is left under it: else what was added under
EVERYTHING_ELSE could later be subtracted from the name.
"""

from collections.abc import Mapping

from breakwater.workflows.rollups.tally import EVERYTHING_ELSE, Key, Rollup


def absorb(item: Rollup, more: Rollup, room: Mapping[str, int], times: int = 1) -> None:
    """Add to an item what its room allows by name, and the rest under EVERYTHING_ELSE."""
    taken: dict[str, int] = {}
    for key in item.tallies:
        taken[key[0]] = taken.get(key[0], 0) + 1
    for key, tally in more.tallies.items():
        kind = key[0]
        place = key
        if key not in item.tallies:
            if taken.get(kind, 0) < room.get(kind, 0):
                taken[kind] = taken.get(kind, 0) + 1
            else:
                place = everything_else(key)
        item.tally(*place).add(tally, times)


def everything_else(key: Key) -> Key:
    """Where what has no room is added up."""
    return (key[0], *(EVERYTHING_ELSE for _ in key[1:]))
