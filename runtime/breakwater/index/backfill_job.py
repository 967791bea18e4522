"""A slice of the backfill with everything around it: lease, budget, place. What the function calls.

Whoever wants the whole past asks for slice after slice (`python -m breakwater.index backfill`).
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater.contract import IndexSettings
from breakwater.index.arns import machine_of
from breakwater.index.backfill import Backfill, BackfillProgress
from breakwater.index.lease import BACKFILL, Busy, Lease
from breakwater.index.machine_directory import MachineDirectory
from breakwater.index.malformed import Malformed
from breakwater.index.pace import Pace
from breakwater.index.quota import rates
from breakwater.index.row_table import RowTable
from breakwater.index.step_functions import PAGE, StepFunctions
from breakwater.index.writer import Writer
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_stepfunctions import SFNClient

SLICE_SECONDS = 50
_MOST_SECONDS = 800
_SLACK = timedelta(seconds=60)
_ALL, _ONE = "progress", "progressOfOne"  # where the record keeps the place


class BackfillJob:
    """Slices of the backfill; one at a time."""

    def __init__(
        self,
        *,
        dynamodb: "DynamoDBClient",
        states: "SFNClient",
        table: str,
        settings: IndexSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._dynamodb = dynamodb
        self._states = states
        self._table = table
        self._settings = settings
        self._clock = clock

    def run(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Go on, or begin; Malformed says what is wrong with the request."""
        wanted = _Request(request)
        began = self._clock()
        length = timedelta(seconds=wanted.seconds)
        lease = Lease(self._dynamodb, self._table, BACKFILL)
        try:
            record = lease.take(began, began + length + _SLACK)
        except Busy as busy:
            return {"busyUntil": str(busy)}
        progress = None if wanted.afresh else BackfillProgress.of(record.get(wanted.place))
        resumed = progress is not None and progress.only == wanted.only
        if progress is None or not resumed:
            progress = BackfillProgress(started_at=iso(began), only=wanted.only)
        progress.details = wanted.details  # of what is left
        stopped_by = None
        try:
            stopped_by = self._backfill(wanted, lease, _last_at_work(record), began).run(progress)
        finally:
            lease.save({wanted.place: progress.to_json()}, done=True)
        return {**progress.to_json(), "resumed": resumed, "stoppedBy": stopped_by}

    def _backfill(
        self,
        wanted: "_Request",
        lease: Lease,
        last: str | None,
        began: datetime,
    ) -> Backfill:
        idle = (began - datetime.fromisoformat(last)).total_seconds() if last else 0.0
        # Half of the share: the sweep notices that a backfill runs, and takes the other half.
        pace = Pace(
            rates(self._states.meta.region_name, self._settings.apiShare / 2),
            idle_seconds=idle,
            until=time.monotonic() + wanted.seconds,
            seconds=time.monotonic,
            sleep=time.sleep,
        )
        states = StepFunctions(
            self._states,
            self._clock,
            before_call=pace.before_call,
            throttled=pace.throttled,
            page=wanted.page,
        )
        rows = RowTable(self._dynamodb, self._table)
        machines = MachineDirectory(
            self._dynamodb, self._table, states, self._settings, self._clock
        )
        return Backfill(
            lists=states,
            executions=states,
            machines=machines,
            rows=rows,
            writer=Writer(rows, machines, states, self._settings, self._clock),
            settings=self._settings,
            clock=self._clock,
            keep=lambda progress: lease.save({wanted.place: progress.to_json()}, done=False),
            check_time=pace.check,
        )


def _last_at_work(record: Mapping[str, Any]) -> str | None:
    """When a backfill last used the quotas."""
    return max(record.get(place, {}).get("updated_at", "") for place in (_ALL, _ONE)) or None


class _Request:
    """What was asked for."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        only = said.get("stateMachineArn")
        self.only = machine_of(str(only)) if only else None
        # Kept apart: one state machine asked for on the way neither ends the whole nor loses it.
        self.place = _ONE if self.only else _ALL
        self.details = said.get("details", True) is not False
        self.afresh = said.get("afresh") is True
        self.seconds = _whole(said, "seconds", SLICE_SECONDS, _MOST_SECONDS)
        self.page = _whole(said, "pageSize", PAGE, PAGE)


def _whole(said: Mapping[str, Any], name: str, default: int, most: int) -> int:
    value = said.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Malformed(f"{name} is {value!r}; give a whole number from 1 to {most}")
    return value
