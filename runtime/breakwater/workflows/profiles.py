"""What earlier executions of a state machine were like, as the list and the detail ask for it."""

from collections.abc import Collection, Mapping
from typing import Protocol


class StepProfile(Protocol):
    """A step of a state machine, by its name. Seconds."""

    @property
    def p50(self) -> float | None:
        """Half of them took no longer."""

    @property
    def p95(self) -> float | None:
        """Nineteen of twenty took no longer."""

    @property
    def count(self) -> int:
        """How many were measured."""


class Profile(Protocol):
    """A state machine, by its last successful executions."""

    @property
    def samples(self) -> int:
        """How many successful executions it knows."""

    @property
    def duration_p50(self) -> float | None:
        """Half of them took no longer, in seconds."""

    @property
    def duration_p95(self) -> float | None:
        """Nineteen of twenty took no longer."""

    @property
    def median_steps(self) -> float | None:
        """How many steps such an execution enters."""

    def step(self, name: str) -> StepProfile | None:
        """One step; None if it was never seen."""


class Profiles(Protocol):
    """Where profiles are kept."""

    def of(self, machine_arns: Collection[str]) -> Mapping[str, Profile]:
        """Those that there are, in one read whatever their number."""


class NoProfiles:
    """Where nothing is learned from earlier executions: nothing is known, nothing estimated."""

    def of(self, machine_arns: Collection[str]) -> Mapping[str, Profile]:  # noqa: ARG002
        """None."""
        return {}
