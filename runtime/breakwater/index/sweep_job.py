"""A sweep with everything around it: lease, budget, progress, health. What the function calls."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater.contract import IndexSettings
from breakwater.index.day_pruning import prune
from breakwater.index.health_record import HealthRecord
from breakwater.index.lease import BACKFILL, SWEEP, Busy, Lease
from breakwater.index.machine_directory import MachineDirectory
from breakwater.index.pace import Pace
from breakwater.index.quota import rates
from breakwater.index.reconcile import Reconciler
from breakwater.index.row_table import RowTable
from breakwater.index.row_walks import RowWalks
from breakwater.index.step_functions import StepFunctions
from breakwater.index.sweep import Options, Progress, Report, Sweep
from breakwater.index.writer import Writer
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient

_OF_THE_INTERVAL = 0.9  # a sweep ends before the next begins
_LONGEST = timedelta(minutes=14)
_SLACK = timedelta(seconds=60)


class SweepJob:
    """Sweeps on demand; one at a time."""

    def __init__(
        self,
        *,
        dynamodb: "DynamoDBClient",
        states: "SFNClient",
        sqs: "SQSClient",
        table: str,
        dead_letters: str,
        settings: IndexSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._dynamodb = dynamodb
        self._states = states
        self._sqs = sqs
        self._table = table
        self._dead_letters = dead_letters
        self._settings = settings
        self._clock = clock

    def run(self, options: Options) -> dict[str, Any]:
        """Sweep once, and say what came of it; also when another sweep is under way."""
        began = self._clock()
        length = min(timedelta(minutes=self._settings.sweepMinutes) * _OF_THE_INTERVAL, _LONGEST)
        lease = Lease(self._dynamodb, self._table, SWEEP)
        try:
            record = lease.take(began, began + length + _SLACK)
        except Busy as busy:
            return {"busyUntil": str(busy)}
        progress = Progress(**record.get("progress", {}))
        sweep = self._sweep(self._pace(record, began, length), options)
        try:
            sweep.run(progress)
        finally:  # whatever happened, the next goes on from here
            ended = self._clock()
            lease.save({"progress": asdict(progress), "endedAt": iso(ended)}, done=True)
        pruned = prune(self._dynamodb, self._table, self._settings.keepDays, ended)
        self._note(sweep.report, progress, began, ended)
        return {**_spoken(sweep.report), "daysStruckOut": pruned}

    def _pace(self, record: dict[str, Any], began: datetime, length: timedelta) -> Pace:
        backfill = Lease(self._dynamodb, self._table, BACKFILL).read()
        filling = backfill.get("leaseUntil", "") > iso(began)
        share = self._settings.apiShare / 2 if filling else self._settings.apiShare
        ended = record.get("endedAt")
        idle = began - datetime.fromisoformat(ended) if ended else timedelta(0)
        return Pace(
            rates(self._states.meta.region_name, share),
            idle_seconds=idle.total_seconds(),
            until=time.monotonic() + length.total_seconds(),
            seconds=time.monotonic,
            sleep=time.sleep,
            impatient=("ListTagsForResource",),
        )

    def _sweep(self, pace: Pace, options: Options) -> Sweep:
        states = StepFunctions(
            self._states, self._clock, before_call=pace.before_call, throttled=pace.throttled
        )
        rows = RowTable(self._dynamodb, self._table)
        directory = MachineDirectory(
            self._dynamodb, self._table, states, self._settings, self._clock
        )
        writer = Writer(rows, directory, states, self._settings, self._clock)
        return Sweep(
            lists=states,
            rows=rows,
            walks=RowWalks(self._dynamodb, self._table),
            reconciler=Reconciler(rows, writer, states, self._clock),
            directory=directory,
            clock=self._clock,
            time=pace,
            options=options,
        )

    def _note(self, report: Report, progress: Progress, began: datetime, ended: datetime) -> None:
        answer = self._sqs.get_queue_attributes(
            QueueUrl=self._dead_letters, AttributeNames=["ApproximateNumberOfMessages"]
        )
        values: dict[str, Any] = {
            "lastSweepAt": iso(ended),
            "lastSweepSeconds": round((ended - began).total_seconds(), 3),
            "lastSweepRepairs": report.repaired,
            "lastSweepComplete": report.complete,
            "lastSweepFailures": report.failures,
            "sweptTo": progress.swept_to,
            "sweepMinutes": self._settings.sweepMinutes,
            "deadLetters": int(answer["Attributes"]["ApproximateNumberOfMessages"]),
        }
        counts = {"repairs": report.repaired, "gone": report.gone}
        HealthRecord(self._dynamodb, self._table).note(values, add=counts)


def _spoken(report: Report) -> dict[str, Any]:
    said = asdict(report)
    return {"stoppedBy": said.pop("stopped_by"), **said}
