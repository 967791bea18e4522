"""The sweep: finds what events missed, in both directions, and mends it.

1. *Step Functions → index.* Each state machine is listed: what runs, and what is recent. What the
   index does not have so is asked for by name and written.
2. *Index → Step Functions.* Each open row whose execution was not among those that run is asked
   for by name. An execution that is not known twice in a row, in two sweeps, is GONE.
3. *What needs attention*: rows whose name is a guess, whose input was not read, or whose end is in
   conflict.
4. *What could have been redriven*: ends that are not successes, for the two weeks in which they
   can be redriven, once an hour. Both events may be lost, and no list shows a redrive for sure.

A sweep keeps to its budget. What it does not reach it leaves to the next, which goes on there:
each part has its place in `Progress`. An execution that cannot be mended, for whatever reason, is
told of in the report; it keeps nobody else from being mended.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from breakwater.index.observation import Observation
from breakwater.index.pace import OutOfTime
from breakwater.index.reconcile import Outcome, Reconciler, differs
from breakwater.index.row import Row
from breakwater.index.rows import Rows
from breakwater.index.status import RUNNING
from breakwater.index.step_functions import NoSuchMachine, StaleToken, TooFast
from breakwater.index.sweep_ports import Directory, ExecutionLists, Position, TimeShare, Walks
from breakwater.platform.clock import iso

logger = Logger(child=True)

FIRST_LOOK_BACK = timedelta(days=1)  # of the first round; the past before it is for backfill
OVERLAP = timedelta(minutes=10)  # lists are eventually consistent
SETTLE = timedelta(minutes=1)  # what happened just now has an event on its way
REDRIVABLE_FOR = timedelta(days=15)
_SAID = 10  # executions named in a report
MOST_RUNNING = 250_000  # of which one sweep keeps the ARNs in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How patient a sweep is."""

    settle: timedelta = SETTLE
    audit_every: timedelta = timedelta(hours=1)
    """How long after the last time what could have been redriven is looked at again."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """Where the sweep stands: what the next one goes on with. JSON in the table."""

    round_started: str | None = None
    swept_to: str | None = None
    """All that happened before was looked at in a whole round."""

    after_machine: str = ""
    open_position: Position | None = None
    attention_position: Position | None = None
    audit_status: int = 0
    audit_position: Position | None = None
    audited_at: str | None = None


@dataclass(slots=True, kw_only=True)
class Report:
    """What a sweep did."""

    machines: int = 0
    listed: int = 0
    asked: int = 0
    repaired: int = 0
    missed: int = 0
    gone: int = 0
    failed: int = 0
    """Could not be mended."""

    complete: bool = False
    """It reached everything that it wanted to."""

    stopped_by: str | None = None
    """Why it did not; what is left is for the next."""

    repairs: list[str] = field(default_factory=list)
    """The first executions that were mended."""

    failures: list[str] = field(default_factory=list)
    """The first that could not be, each with its reason."""


class NotMended(RuntimeError):
    """Some executions could not be mended; the message names the first of them, with reasons."""

    def __init__(self, failed: int, failures: Sequence[str]) -> None:
        super().__init__(f"{failed} executions could not be mended: {'; '.join(failures)}")


class Sweep:
    """One sweep."""

    def __init__(
        self,
        *,
        lists: ExecutionLists,
        rows: Rows,
        walks: Walks,
        reconciler: Reconciler,
        directory: Directory,
        clock: Callable[[], datetime],
        time: TimeShare,
        options: Options = Options(),
    ) -> None:
        self._lists = lists
        self._rows = rows
        self._walks = walks
        self._reconciler = reconciler
        self._directory = directory
        self._clock = clock
        self._time = time
        self._options = options
        self.report = Report()
        self._running: dict[str, Observation] = {}
        self._listed_machines: set[str] = set()
        self._later: set[str] = set()
        self._failed: set[str] = set()

    def run(self, progress: Progress) -> None:
        """Sweep, from where the last one stopped; `progress` says where this one did."""
        self._now = self._clock()
        machines: list[str] | None = None

        def list_all() -> None:
            nonlocal machines
            machines = self._lists.machines()

        # Each part may use the time up to here, so that a long one does not starve the next.
        parts: list[tuple[float, Callable[[], None]]] = [
            (0.1, list_all),
            (0.5, lambda: self._list_machines(machines or [], progress)),
            (0.75, lambda: self._walk_open(set(machines or []), progress)),
            (0.85, lambda: self._walk_attention(progress)),
            (1.0, lambda: self._walk_redrivable(progress)),
        ]
        for share, part in parts:
            self._time.allow(share)
            try:
                part()
            except OutOfTime:
                self.report.stopped_by = "the end of its time"
            except TooFast as throttled:
                self.report.stopped_by = str(throttled)
            if machines is None:
                break  # without the list, every open row would look like one of no machine
        self.report.complete = self.report.stopped_by is None

    # 1. Step Functions → index

    def _list_machines(self, machines: list[str], progress: Progress) -> None:
        """Each machine once, beginning after the last that was reached."""
        if progress.round_started is None:
            progress.round_started = iso(self._now)
        back_to = (
            datetime.fromisoformat(progress.swept_to) - OVERLAP
            if progress.swept_to
            else self._now - FIRST_LOOK_BACK
        )
        for machine in (m for m in machines if m > progress.after_machine):
            if len(self._running) > MOST_RUNNING:
                raise OutOfTime("enough for one sweep")
            self._directory.refresh(machine)
            self._list_machine(machine, back_to)
            progress.after_machine = machine
        progress.swept_to, progress.round_started = progress.round_started, None
        progress.after_machine = ""

    def _list_machine(self, machine: str, back_to: datetime) -> None:
        try:
            for page in self._pages(machine, RUNNING):
                self._running |= {seen.execution_arn: seen for seen in page}
                self._compare(page)
            self._listed_machines.add(machine)
            for page in self._pages(machine, None):
                self._compare([seen for seen in page if _latest(seen) >= back_to])
                if any(_latest(seen) < back_to for seen in page):
                    break
        except NoSuchMachine:
            return  # it was deleted a moment ago: its open rows will be asked for
        self.report.machines += 1

    def _pages(self, machine: str, status: str | None) -> Iterator[list[Observation]]:
        token: str | None = None
        while True:
            try:
                page = self._lists.executions(machine, status=status, token=token)
            except StaleToken:
                return  # tokens live for a day; a list that takes as long begins again next time
            self.report.listed += len(page.executions)
            yield page.executions
            token = page.next_token
            if not token:
                return

    def _compare(self, page: list[Observation]) -> None:
        settled = [seen for seen in page if self._is_settled(_latest(seen))]
        rows = self._rows.read({seen.execution_arn for seen in settled}) if settled else {}
        for seen in settled:
            row = rows.get(seen.execution_arn)
            if differs(row, seen):
                self._settle(seen.execution_arn, row)

    # 2. index → Step Functions

    def _walk_open(self, machines: set[str], progress: Progress) -> None:
        self._later = machines - self._listed_machines
        while True:
            rows, position = self._walks.open_rows(progress.open_position)
            self._time.check()
            for row in rows:
                self._look_at_open(row)
            progress.open_position = position
            if position is None:
                return

    def _look_at_open(self, row: Row) -> None:
        seen = self._running.get(row.execution_arn)
        if seen is not None and not row.attention and not differs(row, seen):
            self._reconciler.confirm(row, seen)
        elif row.state_machine_arn in self._later:
            return  # its machine's turn is in the next sweep
        elif self._is_settled(datetime.fromisoformat(row.redrive_date or row.start_date)):
            self._settle(row.execution_arn, row)

    # 3. and 4.

    def _walk_attention(self, progress: Progress) -> None:
        while True:
            rows, position = self._walks.attention_rows(progress.attention_position)
            self._settle_all(rows)
            progress.attention_position = position
            if position is None:
                return

    def _walk_redrivable(self, progress: Progress) -> None:
        since = iso(self._now - self._options.audit_every)
        if progress.audited_at is not None and progress.audited_at > since:
            return
        # From the last time, not from now: the sweep may have stood still for weeks.
        last = datetime.fromisoformat(progress.audited_at) if progress.audited_at else self._now
        ended_after = iso(last - REDRIVABLE_FOR)
        while progress.audit_status < len(self._walks.redrivable):
            rows, position = self._walks.ended(
                self._walks.redrivable[progress.audit_status], ended_after, progress.audit_position
            )
            self._settle_all(rows)
            progress.audit_position = position
            if position is None:
                progress.audit_status += 1
        progress.audit_status, progress.audited_at = 0, iso(self._now)

    def _settle_all(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._time.check()
            self._settle(row.execution_arn, row)

    def _settle(self, arn: str, row: Row | None) -> None:
        if arn in self._failed:
            return  # it stands in more than one list; once a sweep is enough
        self.report.asked += 1
        try:
            outcome = self._reconciler.settle(arn, row)
        except (OutOfTime, TooFast):
            raise
        except Exception as error:  # one execution's trouble is not its neighbours'
            logger.exception("An execution could not be mended", extra={"executionArn": arn})
            self._failed.add(arn)
            self.report.failed = len(self._failed)
            if len(self.report.failures) < _SAID:
                self.report.failures.append(f"{arn}: {type(error).__name__}: {error}")
            return
        if outcome is Outcome.REPAIRED:
            self.report.repaired += 1
            if len(self.report.repairs) < _SAID:
                self.report.repairs.append(arn)
        elif outcome is Outcome.MISSED:
            self.report.missed += 1
        elif outcome is Outcome.GONE:
            self.report.gone += 1

    def _is_settled(self, moment: datetime) -> bool:
        return moment <= self._now - self._options.settle


def _latest(seen: Observation) -> datetime:
    """The last thing that is known to have happened to it."""
    return max(filter(None, (seen.started, seen.stopped, seen.redriven)))
