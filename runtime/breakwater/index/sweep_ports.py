"""What the sweep needs of the world."""

from collections.abc import Sequence
from typing import Any, Protocol

from breakwater.index.machine_facts import MachineFacts
from breakwater.index.row import Row
from breakwater.index.step_functions import Page

Position = dict[str, Any]


class ExecutionLists(Protocol):
    """Step Functions, asked for lists."""

    def machines(self) -> list[str]:
        """The ARNs of all state machines that keep executions, in order."""

    def executions(
        self, state_machine_arn: str, *, status: str | None = None, token: str | None = None
    ) -> Page:
        """One page, the most recent first; NoSuchMachine, StaleToken, TooFast."""


class Directory(Protocol):
    """What state machines say of themselves."""

    def refresh(self, state_machine_arn: str) -> MachineFacts:
        """Read anew what is old."""


class Walks(Protocol):
    """The index, gone through in pages: the rows, and where to go on (None: that was all)."""

    @property
    def redrivable(self) -> Sequence[str]:
        """The statuses that can be redriven."""

    def open_rows(self, position: Position | None) -> tuple[list[Row], Position | None]:
        """All that are open."""

    def attention_rows(self, position: Position | None) -> tuple[list[Row], Position | None]:
        """All that ended, and about which something must still be found out."""

    def ended(
        self, status: str, ended_after: str, position: Position | None
    ) -> tuple[list[Row], Position | None]:
        """All that ended in this status since then."""


class TimeShare(Protocol):
    """The time of a sweep."""

    def allow(self, share: float) -> None:
        """What comes now may go on until this share of the time is over."""

    def check(self) -> None:
        """OutOfTime if that is now."""
