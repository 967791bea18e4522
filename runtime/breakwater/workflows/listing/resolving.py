"""From what sources found to workflows: one read for each kind of thing, however many there are.

Rows of the recovery state machine are not workflows of their own: a run is told by its own item,
once; its cleanups belong to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from breakwater import contract
from breakwater.recovery.engine.run import Run
from breakwater.workflows.engine_port import Candidate
from breakwater.workflows.engines.custom.custom_workflow import custom_workflow, is_custom
from breakwater.workflows.engines.recovery.run_workflow import run_behind, run_workflow
from breakwater.workflows.engines.step_functions.compensation.note import (
    PREFIX,
    CompensationNote,
)
from breakwater.workflows.engines.step_functions.compensation.standing import with_compensation
from breakwater.workflows.engines.step_functions.execution_workflow import execution_workflow
from breakwater.workflows.profiles import Profiles
from breakwater.workflows.workflow import Workflow

Row = Mapping[str, Any]


class RunLookup(Protocol):
    """Runs by their ids."""

    def of(self, ids: Collection[str]) -> Mapping[str, Run]:
        """Those that there are."""


class RowLookup(Protocol):
    """Rows of the index by their ARNs."""

    def values(self, arns: Collection[str], *, now: bool = True) -> Mapping[str, dict[str, Any]]:
        """Those that there are."""


class Notes(Protocol):
    """What is noted of state machines."""

    def tags(self, machine_arns: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """Machine → its tags."""


class Undone(Protocol):
    """What is noted of compensations."""

    def of(self, execution_arns: Collection[str]) -> Mapping[str, CompensationNote]:
        """Those that there are."""


class Resolving:
    """Makes workflows."""

    def __init__(
        self,
        *,
        runs: RunLookup,
        rows: RowLookup,
        notes: Notes,
        profiles: Profiles,
        undone: Undone,
        recovery_machine: str,
    ) -> None:
        """
        :param recovery_machine: the ARN of the recovery state machine, without alias.
        """
        self._runs = runs
        self._rows = rows
        self._notes = notes
        self._profiles = profiles
        self._undone = undone
        self._recovery_machine = recovery_machine

    def workflows(
        self, candidates: Sequence[Candidate], now: datetime, *, runs_come_by_status: bool
    ) -> list[Workflow | None]:
        """One for each candidate, in their order; None for what is told elsewhere, or is none.

        :param runs_come_by_status: runs are found by a source of their own; their executions are
            passed over. Otherwise an execution leads to its run, and runs are only those that have
            no execution yet.
        """
        rows = self._noted(candidates)
        there = [
            replace(one, about=rows[one.about["executionArn"]]) if _is_note(one) else one
            for one in candidates
            if not _is_note(one) or one.about["executionArn"] in rows
        ]
        told = iter(self._told(there, now, runs_come_by_status=runs_come_by_status))
        return [
            None if _is_note(one) and one.about["executionArn"] not in rows else next(told)
            for one in candidates
        ]

    def _noted(self, candidates: Sequence[Candidate]) -> Mapping[str, Row]:
        """Notes of compensations → the executions that they are about, where these are stopped.
        What is stopped at this very moment is found as it was before: not twice.
        """
        keys = {one.about["executionArn"] for one in candidates if _is_note(one)}
        arns = {key.removeprefix(PREFIX) for key in keys}
        rows = self._rows.values(arns, now=False) if arns else {}
        others = {one.about["executionArn"] for one in candidates if _is_row(one)}
        return {
            key: row
            for key in keys
            if (row := rows.get(key.removeprefix(PREFIX))) is not None
            and row["status"] == "ABORTED"
            and row["executionArn"] not in others
        }

    def _told(
        self, candidates: Sequence[Candidate], now: datetime, *, runs_come_by_status: bool
    ) -> list[Workflow | None]:
        behind = {
            one.about["executionArn"]: found
            for one in candidates
            if _is_row(one) and (found := run_behind(one.about, self._recovery_machine))
        }
        ids = {run_id for run_id, is_cleanup in behind.values() if not is_cleanup}
        known = self._runs.of(ids) if ids else {}
        started = set() if runs_come_by_status else self._started(candidates)
        machines = {one.about["stateMachineArn"] for one in candidates if _is_row(one)}
        machines.add(self._recovery_machine)
        tags = self._notes.tags(machines)
        profiles = self._profiles.of(machines)
        undone = self._undone_of(candidates, tags)

        def of_row(row: Row) -> Workflow | None:
            machine = row["stateMachineArn"]
            if is_custom(row):
                return custom_workflow(row, profile=profiles.get(machine), now=now)
            run_id, is_cleanup = behind.get(row["executionArn"], ("", False))
            if is_cleanup or (run_id in known and runs_come_by_status):
                return None
            if run_id in known:
                return run_workflow(known[run_id], now, tags.get(machine, {}))
            told = execution_workflow(
                row, tags=tags.get(machine, {}), profile=profiles.get(machine), now=now
            )
            note, started = undone.get(row["executionArn"], (None, None))
            redrives = int(row.get("redriveCount") or 0)
            return with_compensation(told, redrives, note, started, now=now)

        def told(one: Candidate) -> Workflow | None:
            if isinstance(one.about, Workflow):  # of an engine that keeps a list of its own
                return one.about
            if not isinstance(one.about, Run):
                return of_row(one.about)
            if one.about.execution_arn in started:
                return None
            return run_workflow(one.about, now, tags.get(self._recovery_machine, {}))

        return [told(one) for one in candidates]

    def _undone_of(
        self, candidates: Sequence[Candidate], tags: Mapping[str, Mapping[str, str]]
    ) -> Mapping[str, tuple[CompensationNote, Row | None]]:
        """Of cancelled executions whose machines declare a compensation: two reads, if any."""
        cancelled = [
            one.about["executionArn"]
            for one in candidates
            if _is_row(one)
            and one.about["status"] == "ABORTED"
            and tags.get(one.about["stateMachineArn"], {}).get(contract.COMPENSATION_TAG)
        ]
        notes = self._undone.of(cancelled) if cancelled else {}
        started = {note.started for note in notes.values() if note.started}
        rows = self._rows.values(started, now=False) if started else {}

        def row_of(note: CompensationNote) -> Row | None:
            # The index hears of a start a moment later: until then it runs.
            return rows.get(note.started, {"status": "RUNNING"}) if note.started else None

        return {arn: (note, row_of(note)) for arn, note in notes.items()}

    def _started(self, candidates: Sequence[Candidate]) -> set[str]:
        """Of the runs that are still called PENDING, the executions that the index has already."""
        arns = {
            one.about.execution_arn
            for one in candidates
            if isinstance(one.about, Run) and one.about.execution_arn
        }
        return set(self._rows.values(arns, now=False)) if arns else set()


def _is_note(one: Candidate) -> bool:
    return _is_row(one) and one.about["executionArn"].startswith(PREFIX)


def _is_row(one: Candidate) -> bool:
    return not isinstance(one.about, Run | Workflow)
