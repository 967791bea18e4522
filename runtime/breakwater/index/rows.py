"""Where rows are kept: what the writer needs of it."""

from collections.abc import Collection, Mapping
from typing import Protocol

from breakwater.index.row import Row


class Overtaken(Exception):
    """Somebody else has changed the row since it was read."""


class Rows(Protocol):
    """The table, to whoever writes lifecycles."""

    def read(self, arns: Collection[str]) -> Mapping[str, Row]:
        """The rows that there are, as they are now."""

    def write(self, row: Row, *, after: Row | None) -> None:
        """Make the row so, if it still is as it was read; else Overtaken.

        :param after: as it was read; None: there was none.
        """
