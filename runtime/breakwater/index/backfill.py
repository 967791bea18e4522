"""The past, for which no event comes: every execution that Step Functions still lists → rows.

It goes machine by machine, page by page, through the same writer as events, so it may run while
events arrive, be interrupted anywhere, and run twice. Its place is kept after every page; what was
killed goes on there.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from breakwater.contract import IndexSettings
from breakwater.index.candidate import wants_input
from breakwater.index.machine_facts import MachineFacts
from breakwater.index.malformed import Malformed
from breakwater.index.observation import Observation
from breakwater.index.pace import OutOfTime
from breakwater.index.reconcile import differs
from breakwater.index.row import Row
from breakwater.index.rows import Rows
from breakwater.index.status import SUCCEEDED
from breakwater.index.step_functions import NoSuchMachine, StaleToken, TooFast
from breakwater.index.sweep_ports import ExecutionLists
from breakwater.index.writer import Executions, Machines, Writer
from breakwater.platform.clock import iso


@dataclass(slots=True, kw_only=True)
class BackfillProgress:
    """How far it is. JSON in the table."""

    started_at: str
    only: str | None = None
    """The one state machine that was asked for; None: all."""

    details: bool = True
    """Ask for each execution that has an error, or whose input is searched by."""

    machines: int = 0
    machines_done: int = 0
    after_machine: str = ""
    machine: str | None = None
    token: str | None = None
    listed: int = 0
    written: int = 0
    known: int = 0
    """Were in the index already, as they are."""

    expired: int = 0
    """Ended so long ago that their rows would not be kept."""

    done: bool = False
    updated_at: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self | None:
        """What was kept; None if nothing was, or all of it is done."""
        return cls(**kept) if kept and not kept["done"] else None

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


class Keep(Protocol):
    """Keeps the place."""

    def __call__(self, progress: BackfillProgress) -> None:
        """So far it has come."""


class Backfill:
    """One run over what is left."""

    def __init__(
        self,
        *,
        lists: ExecutionLists,
        executions: Executions,
        machines: Machines,
        rows: Rows,
        writer: Writer,
        settings: IndexSettings,
        clock: Callable[[], datetime],
        keep: Keep,
        check_time: Callable[[], None] = lambda: None,
    ) -> None:
        self._lists = lists
        self._executions = executions
        self._machines = machines
        self._rows = rows
        self._writer = writer
        self._settings = settings
        self._clock = clock
        self._keep = keep
        self._check_time = check_time

    def run(self, progress: BackfillProgress) -> str | None:
        """Go on; returns why it stopped before the end, None at the end."""
        try:
            machines = [progress.only] if progress.only else self._lists.machines()
            progress.machines = len(machines)
            progress.machines_done = sum(m <= progress.after_machine for m in machines)
            for machine in (m for m in machines if m > progress.after_machine):
                self._machine(machine, progress)
                progress.machines_done += 1
                progress.after_machine, progress.token = machine, None
                self._say(progress)
            progress.done = True
            self._say(progress)
        except OutOfTime:
            return "the end of its time"
        except TooFast as throttled:
            return str(throttled)
        return None

    def _machine(self, machine: str, progress: BackfillProgress) -> None:
        if progress.machine != machine:  # a place in another list is no place in this one
            progress.machine, progress.token = machine, None
        facts = self._machines.facts(machine)
        while True:
            self._check_time()
            try:
                page = self._lists.executions(machine, token=progress.token)
            except StaleToken:
                progress.token = None  # good for a day; what was written is passed over quickly
                continue
            except NoSuchMachine:
                if progress.only:  # not "done", with nothing: it was asked for by name
                    raise Malformed(
                        f"{machine} is no state machine that keeps executions, here: is its ARN "
                        "right, and is it a standard one?"
                    ) from None
                return
            self._page(page.executions, facts, progress)
            progress.token = page.next_token
            if not page.next_token:
                return
            self._say(progress)

    def _page(
        self, page: list[Observation], facts: MachineFacts, progress: BackfillProgress
    ) -> None:
        rows = self._rows.read({seen.execution_arn for seen in page}) if page else {}
        for seen in page:
            progress.listed += 1
            row = rows.get(seen.execution_arn)
            if not differs(row, seen):
                progress.known += 1
            elif self._is_expired(seen):
                progress.expired += 1
            else:
                progress.written += self._write(seen, row, facts, progress)

    def _write(
        self, seen: Observation, row: Row | None, facts: MachineFacts, progress: BackfillProgress
    ) -> int:
        told = seen.is_open or seen.status == SUCCEEDED
        if progress.details and (not told or wants_input(facts, self._settings)):
            self._check_time()
            seen = self._executions.describe(seen.execution_arn) or seen
        return int(self._writer.apply(seen, row) is not None)

    def _is_expired(self, seen: Observation) -> bool:
        if seen.stopped is None or self._settings.keepDays is None:
            return False
        return seen.stopped + timedelta(days=self._settings.keepDays) <= self._clock()

    def _say(self, progress: BackfillProgress) -> None:
        progress.updated_at = iso(self._clock())
        self._keep(progress)
