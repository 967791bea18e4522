"""The one place where a lifecycle reaches the index: capture, sweep and backfill all come here.

A write is conditional on the row being as it was read, and what is written follows from
`decide`; so it does not matter who comes first, how often, or how many at a time. Whoever builds
on changes (figures, pushes) takes what `apply` returns: each change once, as it was and as it is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from breakwater.contract import IndexSettings
from breakwater.index.at_gate import GateWord, heard
from breakwater.index.candidate import candidate
from breakwater.index.decide import Verdict, decide
from breakwater.index.machine_facts import MachineFacts
from breakwater.index.observation import Observation
from breakwater.index.row import Row
from breakwater.index.rows import Overtaken, Rows
from breakwater.platform.clock import iso

_TRIES = 6


class Machines(Protocol):
    """Knows what state machines say of themselves."""

    def facts(self, state_machine_arn: str) -> MachineFacts:
        """What is known; never raises for want of an answer, but says that it is not certain."""


class Executions(Protocol):
    """Step Functions, asked about one execution."""

    def describe(self, execution_arn: str) -> Observation | None:
        """How it is now; None if there is no such execution (any more)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a row."""

    before: Row | None
    after: Row


class TooBusy(RuntimeError):
    """Others changed the row again and again; it is worth trying later."""


class Writer:
    """Applies what was seen."""

    def __init__(
        self,
        rows: Rows,
        machines: Machines,
        executions: Executions,
        settings: IndexSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._rows = rows
        self._machines = machines
        self._executions = executions
        self._settings = settings
        self._clock = clock

    def apply(self, seen: Observation, current: Row | None) -> Change | None:
        """Bring the row to where this sighting says; None if it says nothing new.

        :param current: the row as it was read a moment ago; None: there was none.
        """
        before = current
        for _ in range(_TRIES):
            row = candidate(seen, self._machines.facts(seen.state_machine_arn), self._settings)
            decision = decide(before, seen, row)
            if decision.verdict is Verdict.ASK:
                seen = self._asked(seen, before)
                continue
            if decision.row is None:
                return None
            after = replace(
                decision.row,
                revision=decision.row.revision + 1,
                indexed_at=iso(self._clock()),
            )
            try:
                self._rows.write(after, after=before)
            except Overtaken:
                before = self._rows.read([seen.execution_arn]).get(seen.execution_arn)
                continue
            return Change(before=before, after=after)
        raise TooBusy(f"{seen.execution_arn} was changed {_TRIES} times while it was written")

    def hear(self, word: GateWord, current: Row | None) -> Change | None:
        """Bring the row to what a gate says; None if that is nothing new.

        :param current: as in `apply`. Where there is no row yet, Step Functions is asked first.
        """
        before = current or self._begun(word)
        for _ in range(_TRIES):
            if before is None or (row := heard(before, word)) is before:
                return None
            after = replace(row, revision=row.revision + 1, indexed_at=iso(self._clock()))
            try:
                self._rows.write(after, after=before)
            except Overtaken:
                before = self._rows.read([word.execution_arn]).get(word.execution_arn)
                continue
            return Change(before=before, after=after)
        raise TooBusy(f"{word.execution_arn} was changed {_TRIES} times while it was written")

    def apply_all(self, sightings: Iterable[Observation]) -> list[Change]:
        """Apply several, each execution's in the order given; one read for all of them."""
        waiting = list(sightings)
        current = dict(self._rows.read({seen.execution_arn for seen in waiting}))
        changes = []
        for seen in waiting:
            change = self.apply(seen, current.get(seen.execution_arn))
            if change:
                current[seen.execution_arn] = change.after
                changes.append(change)
        return changes

    def _begun(self, word: GateWord) -> Row | None:
        """The row of an execution whose start was not heard of yet; None if it is not indexed."""
        found = self._executions.describe(word.execution_arn)
        if found is None or (found.is_map_child and not self._settings.mapChildren):
            return None
        change = self.apply(found, None)
        if change is not None:
            return change.after
        return self._rows.read([word.execution_arn]).get(word.execution_arn)

    def _asked(self, seen: Observation, current: Row | None) -> Observation:
        """The same execution, seen first hand; of one that is gone, the attempt we know."""
        found = self._executions.describe(seen.execution_arn)
        if found is not None:
            return found
        return replace(seen, redrive_count=current.redrive_count if current else 0)
