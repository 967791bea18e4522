"""What earlier executions of a state machine were like, as the list and the detail ask for it."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

_KEPT_SECONDS = 300.0
_MOST_KEPT = 500


class StepProfile(Protocol):
    """A step of a state machine, by its name. Seconds."""

    @property
    def p50(self) -> float:
        """Half of them took no longer."""

    @property
    def p95(self) -> float:
        """Nineteen of twenty took no longer."""

    @property
    def count(self) -> int:
        """How many were measured."""


class Profile(Protocol):
    """A state machine, by its executions that succeeded at first; see rollups.profile."""

    @property
    def samples(self) -> int:
        """How many it knows."""

    @property
    def p50(self) -> float | None:
        """Half of them took no longer, in seconds."""

    @property
    def p95(self) -> float | None:
        """Nineteen of twenty took no longer."""

    @property
    def median_steps(self) -> int | None:
        """How many steps such an execution enters."""

    @property
    def steps(self) -> Mapping[str, StepProfile]:
        """By the state's name."""

    def is_slow(self, seconds: float) -> bool:
        """Longer than nearly all took; never before there are enough samples."""

    def is_slow_step(self, name: str, seconds: float) -> bool:
        """Likewise, for one visit of a state."""


class Profiles(Protocol):
    """Where profiles are kept."""

    def of(self, state_machine_arns: Collection[str], /) -> Mapping[str, Profile]:
        """Those that there are, in one read whatever their number."""


class KeptProfiles:
    """Profiles that were read a moment ago: they change slowly, and a page asks again and again."""

    def __init__(
        self, profiles: Profiles, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._profiles = profiles
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Profile | None]] = {}

    def of(self, state_machine_arns: Collection[str], /) -> Mapping[str, Profile]:
        """One read for all that are not known, or were too long ago."""
        now = self._seconds()
        wanted = set(state_machine_arns)
        asked = {one for one in wanted if self._kept.get(one, (0.0, None))[0] <= now}
        if asked:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            found = self._profiles.of(asked)
            self._kept |= {one: (now + _KEPT_SECONDS, found.get(one)) for one in asked}
        known = {one: self._kept[one][1] for one in wanted if one in self._kept}
        return {one: profile for one, profile in known.items() if profile is not None}
