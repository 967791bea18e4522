"""The sweep of deadlines: tells each warning and each breach once, and states that are slow.

For each row that is due: what is to be told is decided, written on the row on the condition that
it is as it was read, told, and noted as told (see marking). Before a target's alert Step Functions
is asked whether the execution still runs: the event of its end may be late, or lost, and nobody is
to be woken for what has ended in time. A row that cannot be done with keeps none of the others
from it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from aws_lambda_powertools import Logger

from breakwater.index import watch
from breakwater.index.row import Row
from breakwater.index.rows import Overtaken, Rows
from breakwater.platform.clock import iso
from breakwater.workflows.profiles import Profile, Profiles
from breakwater.workflows.sla import marking
from breakwater.workflows.sla.alert import (
    AlertKind,
    InState,
    first_look_at,
    looked,
    target_alert,
)
from breakwater.workflows.sla.alert_message import AlertMessage
from breakwater.workflows.sla.execution_looks import NotNow

logger = Logger(child=True)

ENDED_ELSEWHERE = timedelta(minutes=5)
"""Step Functions says that it has ended: until then the index knows it, too."""

_TRIES = 5
_SAID = 10


class Due(Protocol):
    """See due_rows."""

    def pages(self, now: datetime) -> Iterator[list[Row]]:
        """What is due, some at a time."""


class Looks(Protocol):
    """See execution_looks."""

    def begin(self) -> None:
        """A new sweep."""

    def runs(self, execution_arn: str) -> bool:
        """Does it run at this moment?"""

    def states(self, execution_arn: str) -> list[InState]:
        """The states that it is in."""


class Alerts(Protocol):
    """Speaks to people."""

    def send(self, message: AlertMessage) -> None:
        """Tell them."""


@dataclass(slots=True, kw_only=True)
class Swept:
    """What a sweep did."""

    due: int = 0
    told: dict[str, int] = field(default_factory=dict)
    """Alerts by kind."""

    again: int = 0
    """Of these: what an earlier sweep had claimed and not told."""

    later: int = 0
    """Rows for which there was no budget; the next sweep finds them again."""

    failed: int = 0
    failures: list[str] = field(default_factory=list)
    out_of_time: bool = False


class AlertSweep:
    """One sweep after the other."""

    def __init__(
        self,
        *,
        due: Due,
        rows: Rows,
        profiles: Profiles,
        looks: Looks,
        alerts: Alerts,
        message: Callable[[Row, AlertKind, datetime], AlertMessage],
        recovery_machine: str,
        clock: Callable[[], datetime],
    ) -> None:
        """
        :param recovery_machine: its runs are told of by the engine itself, never twice.
        """
        self._due = due
        self._rows = rows
        self._profiles = profiles
        self._looks = looks
        self._alerts = alerts
        self._message = message
        self._recovery_machine = recovery_machine
        self._clock = clock

    def run(self, may_go_on: Callable[[], bool]) -> Swept:
        """Everything that is due, while there is time."""
        swept = Swept()
        self._looks.begin()
        for page in self._due.pages(self._clock()):
            profiles = self._profiles.of(_machines(page))
            for row in page:
                if not may_go_on():
                    swept.out_of_time = True
                    return swept
                swept.due += 1
                self._alone(row, profiles, swept)
        return swept

    def _alone(self, row: Row, profiles: Mapping[str, Profile], swept: Swept) -> None:
        """What happens to this row keeps nobody from looking after the others."""
        try:
            self._one(row, profiles, swept)
        except Overtaken:
            return  # something happened to it at this moment: the next sweep sees what
        except NotNow:
            swept.later += 1
        except Exception as error:  # told by the caller, and one must not hide others
            logger.exception("An alert could not be told", execution=row.execution_arn)
            swept.failed += 1
            if len(swept.failures) < _SAID:
                swept.failures.append(f"{row.execution_arn}: {type(error).__name__}: {error}")

    def _one(self, row: Row, profiles: Mapping[str, Profile], swept: Swept) -> None:
        now = self._clock()
        if row.untold:
            swept.again += len(row.untold)
            self._tell(self._written(marking.taken_over(row, now), row), now, swept)
            return
        if row.state_machine_arn == self._recovery_machine:
            self._written(replace(row, quiet_until=watch.NEVER), row)
            return
        kind = target_alert(row, now)
        if kind is not None:
            self._target(row, kind, now, swept)
        elif row.is_open and watch.look_at(row) <= iso(now):
            self._look(row, profiles.get(row.state_machine_arn), now, swept)
        elif row.quiet_until:
            self._written(replace(row, quiet_until=None), row)

    def _target(self, row: Row, kind: AlertKind, now: datetime, swept: Swept) -> None:
        is_asked = row.is_open and row.execution_arn.startswith("arn:")
        if is_asked and not self._looks.runs(row.execution_arn):
            self._written(marking.put_off(row, now + ENDED_ELSEWHERE), row)
            return
        self._tell(self._written(marking.claimed(row, kind, now), row), now, swept)

    def _look(self, row: Row, profile: Profile | None, now: datetime, swept: Swept) -> None:
        later = first_look_at(row, profile, now)
        if later is not None or profile is None:
            self._written(replace(row, look_at=later, quiet_until=None), row)
            return
        seen = looked(row, self._looks.states(row.execution_arn), profile, now)
        after = marking.noted(replace(row, quiet_until=None), seen, now)
        written = self._written(after, row)
        if written.untold:
            self._tell(written, now, swept)

    def _tell(self, row: Row, now: datetime, swept: Swept) -> None:
        for kind in marking.kinds(row):
            self._alerts.send(self._message(row, kind, now))
            swept.told[kind.value] = swept.told.get(kind.value, 0) + 1
        for _ in range(_TRIES):
            try:
                self._written(marking.told(row), row)
            except Overtaken:
                found = self._rows.read([row.execution_arn]).get(row.execution_arn)
                if found is None or found.untold != row.untold:
                    return  # it has left, or was redriven: nothing of this is left to be noted
                row = found
            else:
                return
        raise Overtaken(row.execution_arn)

    def _written(self, after: Row, before: Row) -> Row:
        after = replace(after, revision=before.revision + 1, indexed_at=iso(self._clock()))
        self._rows.write(after, after=before)
        return after


def _machines(rows: Collection[Row]) -> set[str]:
    return {row.state_machine_arn for row in rows if row.is_open}
