"""Where rollups are kept: what reading and writing them needs. Implemented by rollup_table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from breakwater.workflows.rollups.tally import Rollup


class Place(NamedTuple):
    """The key of an item."""

    partition: str
    """A state machine's ARN, or a slice of all of them: see places."""

    period: str


@dataclass(slots=True, kw_only=True)
class Kept:
    """A rollup as it was read."""

    rollup: Rollup = field(default_factory=Rollup)
    version: int = 0
    """Counts its changes; 0: there is none yet."""

    updated_at: str | None = None


class Figures(Protocol):
    """The table, to whoever reads."""

    def read(self, places: Collection[Place], *, now: bool = False) -> Mapping[Place, Kept]:
        """Those that there are.

        :param now: as they are at this moment; False: perhaps a moment ago, at half the price.
        """
