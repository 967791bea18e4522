"""Takes the notes of compensations that have succeeded from those that are looked for."""

from collections.abc import Iterable
from typing import Protocol

from breakwater.workflows.engines.step_functions.compensation.note import CompensationNote
from breakwater.workflows.engines.step_functions.compensation.unfinished import Unfinished


class Unsettled(Protocol):
    """See compensation.unfinished."""

    def pages(self) -> Iterable[list[Unfinished]]:
        """Page by page."""


class Notes(Protocol):
    """See compensation.note."""

    def settled(self, execution_arn: str, note: CompensationNote) -> None:
        """Nobody needs to find it any more, unless it has changed."""


class Settling:
    """One look."""

    def __init__(self, unsettled: Unsettled, notes: Notes) -> None:
        self._unsettled = unsettled
        self._notes = notes

    def sweep(self) -> int:
        """How many were settled."""
        found = [one for page in self._unsettled.pages() for one in page if one.is_settled]
        for one in found:
            self._notes.settled(one.execution_arn, one.note)
        return len(found)
