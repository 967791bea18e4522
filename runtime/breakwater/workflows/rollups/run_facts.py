"""What runs say of the executions that carry them out. Pure but for the lookup.

A recovery run has its target in its plan (RTO), not in its row of the index; and an execution that
only cleans up after a run is no workflow of its own: the list shows it with its run, and figures
leave it out. One read for a batch in which an execution's name may be a run's, none otherwise.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from breakwater.index.row import Row
from breakwater.recovery.engine.run import Run
from breakwater.workflows.engines.recovery.run_workflow import run_of_name

_MINUTE = 60.0


class RunLookup(Protocol):
    """See run_reader."""

    def of(self, ids: Collection[str]) -> Mapping[str, Run]:
        """Those that there are."""


class RunFacts:
    """Rows as their runs know them."""

    def __init__(self, runs: RunLookup) -> None:
        self._runs = runs

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """Without cleanups; those of runs with the run's target, and what the run took."""
        named = [run_of_name(row.execution_name) for row in rows]
        ids = {found[0] for found in named if found}
        runs = self._runs.of(ids) if ids else {}
        told = []
        for row, found in zip(rows, named, strict=True):
            run = runs.get(found[0]) if found else None
            if found is None or run is None or not _carries_out(row, run):
                told.append(row)
            elif not found[1]:
                told.append(_as_its_run(row, run))
        return told


def _carries_out(row: Row, run: Run) -> bool:
    """Is it of the machine that runs this run? Anybody may call an execution so."""
    if run.execution_arn is None:
        return False
    return run.execution_arn.rpartition(":")[0] == row.execution_arn.rpartition(":")[0]


def _as_its_run(row: Row, run: Run) -> Row:
    """Measured as the run is: in its own seconds, from when a person asked for it."""
    if run.ended_at is None:
        return row
    return replace(
        row,
        sla_target_seconds=run.rto_minutes * _MINUTE if run.rto_minutes else None,
        duration_seconds=run.seconds_between(run.started_at, run.ended_at),
    )
