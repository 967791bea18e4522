"""Reads the histories that could not be read when their executions ended, oldest first."""

from collections.abc import Callable, Collection
from typing import Protocol

from breakwater.workflows.rollups.contribution import TO_BE_READ
from breakwater.workflows.rollups.contributor import Contributed, Contributor, Key
from breakwater.workflows.rollups.histories import Histories
from breakwater.workflows.rollups.replacing import Stored

PAGE = 25


class ToRead(Protocol):
    """See contributions."""

    def to_read(self, limit: int, after: str | None = None) -> dict[str, Key]:
        """What is still to be read, by the key of its note."""

    def stored(self, keys: Collection[Key]) -> dict[Key, Stored]:
        """The contributions that there are."""


class Sweep:
    """Goes through the list once, as far as time and budget reach."""

    def __init__(self, store: ToRead, contributor: Contributor, histories: Histories) -> None:
        self._store = store
        self._contributor = contributor
        self._histories = histories

    def run(self, *, may_go_on: Callable[[], bool]) -> Contributed:
        """What became of those that were looked at."""
        self._histories.begin()
        done, after = Contributed(), None
        while may_go_on() and not self._histories.spent:
            notes = self._store.to_read(PAGE, after)
            if not notes:
                break
            after = max(notes)
            stored = self._store.stored(set(notes.values()))
            page = self._contributor.completed(
                one.contribution
                for one in stored.values()
                if one.contribution.history in TO_BE_READ
            )
            done.changed += page.changed
            done.unchanged += page.unchanged
            done.failed += page.failed
        return done
