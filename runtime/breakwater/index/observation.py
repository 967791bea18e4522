"""What somebody saw of an execution at some moment: an event, a list, or a direct question."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from breakwater.index import status as statuses


class Source(StrEnum):
    """How it was seen. A row shows by which it was last confirmed."""

    EVENT = "event"
    """Pushed by EventBridge: perhaps late, twice, or out of order."""

    LIST = "list"
    """Read in a list of Step Functions, without input and output."""

    DESCRIBE = "describe"
    """Asked of Step Functions, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """An execution as it was seen."""

    execution_arn: str
    state_machine_arn: str
    """Without version or alias."""

    name: str
    status: str
    started: datetime
    stopped: datetime | None = None

    redrive_count: int | None = None
    """None where it was not said, which events are free to do."""

    redriven: datetime | None = None
    version: str | None = None
    alias: str | None = None
    error: str | None = None
    cause: str | None = None

    input: str | None = None
    """JSON; None where it was not said."""

    output_size: int | None = None

    source: Source
    at: datetime
    """When it was so: the event's own time, or when Step Functions was asked."""

    @property
    def first_hand(self) -> bool:
        """Step Functions said so itself, when asked."""
        return self.source is not Source.EVENT

    @property
    def is_open(self) -> bool:
        """May something still happen?"""
        return statuses.is_open(self.status, stopped=self.stopped is not None)

    @property
    def is_map_child(self) -> bool:
        """Is it a child execution of a distributed map? Their machine is `<machine>/<label>`."""
        return "/" in self.state_machine_arn
