"""Runs with one status as a source of the list."""

from typing import Protocol

from breakwater.platform.clock import iso
from breakwater.platform.pagination import refused
from breakwater.recovery.engine.run import Run
from breakwater.workflows.engine_port import Batch, Candidate, Place, WorkflowFilter
from breakwater.workflows.engines.recovery.run_reader import RunPage
from breakwater.workflows.workflow_status import PENDING, to_recovery

TYPE = "recovery"
"""What all runs are called as a type: the agent's name of their state machine."""

NAME = "runs"


class Runs(Protocol):
    """Where runs are kept."""

    def with_status(
        self,
        word: str,
        size: int,
        *,
        after: tuple[str, str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> RunPage:
        """Some of them, the newest first."""


class RunSource:
    """The runs with one status."""

    def __init__(self, runs: Runs, word: str, wanted: WorkflowFilter) -> None:
        self.name = f"{NAME}:{word}"
        self._runs = runs
        self._word = word
        self._since = iso(wanted.started_from) if wanted.started_from else None
        self._until = iso(wanted.started_until) if wanted.started_until else None

    def read(self, after: Place | None, size: int) -> Batch:
        """What follows this place."""
        if after is not None and len(after) != 2:
            raise refused()
        page = self._runs.with_status(
            self._word,
            size,
            after=(after[0], after[1]) if after else None,
            since=self._since,
            until=self._until,
        )
        found = [self._candidate(run) for run in page.runs]
        return Batch(
            found=found, after=found[-1].place if page.more and found else None, read=len(found)
        )

    def _candidate(self, run: Run) -> Candidate:
        started = iso(run.started_at)
        return Candidate(
            source=self.name, sort=started, place=[started, run.execution_id], about=run
        )


def run_sources(runs: Runs, wanted: WorkflowFilter, *, by_status: bool) -> list[RunSource]:
    """Where statuses choose, the runs with those; else only what the index cannot know yet: runs
    that are accepted and have no execution.
    """
    ended = wanted.ended_from or wanted.ended_until
    if wanted.type not in (None, TYPE) or wanted.search or ended:
        return []
    if wanted.statuses and not by_status:
        return []
    words = [word for one in sorted(wanted.statuses) for word in to_recovery(one)]
    return [RunSource(runs, word, wanted) for word in (words if by_status else [PENDING])]
