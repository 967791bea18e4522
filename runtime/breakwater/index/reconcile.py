"""One row held against Step Functions itself: mended, missed, or left as it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from breakwater.index.at_gate import is_overdue
from breakwater.index.observation import Observation, Source
from breakwater.index.row import Row
from breakwater.index.rows import Overtaken, Rows
from breakwater.index.status import GONE, rank
from breakwater.index.writer import Executions, Writer
from breakwater.platform.clock import iso

MISSES = 2  # Step Functions is eventually consistent: once is no proof
CONFIRM_AFTER = timedelta(days=1)


class Outcome(StrEnum):
    """What came of it."""

    RIGHT = "right"
    REPAIRED = "repaired"
    MISSED = "missed"
    GONE = "gone"


def differs(row: Row | None, seen: Observation) -> bool:
    """Does a list of Step Functions know more of this execution than its row?"""
    if row is None or is_overdue(row, seen.at):
        return True
    count = seen.redrive_count or 0
    if count != row.redrive_count:
        return count > row.redrive_count
    there = rank(seen.status, stopped=seen.stopped is not None)
    if there != row.rank:
        # A list may lag behind: it knows better only if it is further, or if we had given up.
        return there > row.rank or row.status == GONE
    stopped = iso(seen.stopped) if seen.stopped else None
    return (seen.status, stopped) != (row.status, row.stop_date)


class Reconciler:
    """Asks, and mends."""

    def __init__(
        self,
        rows: Rows,
        writer: Writer,
        executions: Executions,
        clock: Callable[[], datetime],
    ) -> None:
        self._rows = rows
        self._writer = writer
        self._executions = executions
        self._clock = clock

    def settle(self, execution_arn: str, row: Row | None) -> Outcome:
        """Ask how it is, and make its row so.

        :param row: as it was read, perhaps a moment ago; None: there was none.
        """
        found = self._executions.describe(execution_arn)
        if found is None:
            return self._missed(row) if row is not None else Outcome.RIGHT
        current = self._rows.read([execution_arn]).get(execution_arn)
        repaired = self._writer.apply(found, current) is not None
        return Outcome.REPAIRED if repaired else Outcome.RIGHT

    def confirm(self, row: Row, seen: Observation) -> None:
        """It is as the row says; note that, once a day and after a miss."""
        long_ago = iso(self._clock() - CONFIRM_AFTER)
        if row.misses is None and row.confirmed_at > long_ago:
            return
        self._note(row, misses=None, confirmed_by=seen.source.value, confirmed_at=iso(seen.at))

    def _missed(self, row: Row) -> Outcome:
        if not row.is_open:
            if row.attention:
                # Nobody will ever know more: the row stays as it is, a conflict stays to be seen.
                self._note(row, attention=None)
            return Outcome.RIGHT
        misses = (row.misses or 0) + 1
        if misses < MISSES:
            self._note(row, misses=misses)
            return Outcome.MISSED
        self._writer.apply(_gone(row, self._clock()), row)
        return Outcome.GONE

    def _note(self, row: Row, **changed: object) -> None:
        """Change what is no part of the lifecycle; if somebody else is changing the row, don't."""
        after = replace(row, revision=row.revision + 1, **changed)  # type: ignore[arg-type]
        try:
            self._rows.write(after, after=row)
        except Overtaken:
            return  # it lives: whoever changed it knows more than we do


def _gone(row: Row, now: datetime) -> Observation:
    return Observation(
        execution_arn=row.execution_arn,
        state_machine_arn=row.state_machine_arn,
        name=row.execution_name,
        status=GONE,
        started=datetime.fromisoformat(row.start_date),
        redrive_count=row.redrive_count,
        source=Source.DESCRIBE,
        at=now,
    )
