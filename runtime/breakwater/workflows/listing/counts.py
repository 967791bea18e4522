"""How many there are: now, and today. Costs the same however many there were before.

What is open is counted one by one in the sparse index of open rows, those that should end first
first, up to COUNTED; beyond it the answer says `atLeast`. So are the cancelled executions that are
still to be made good again. What ended today comes from the day's
rollups: as many items as there are slices. Kept for a moment, because every page asks.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from breakwater.index.row import OPEN
from breakwater.platform.attribute_values import from_item
from breakwater.platform.clock import iso
from breakwater.recovery.engine.run import Run
from breakwater.workflows.engines.recovery.run_workflow import run_behind, run_workflow
from breakwater.workflows.engines.step_functions.execution_workflow import (
    attempt_seconds,
    elapsed_seconds,
    target_of,
)
from breakwater.workflows.listing.resolving import Notes
from breakwater.workflows.profiles import Profile, Profiles
from breakwater.workflows.rollups.figures import Figures, Place
from breakwater.workflows.rollups.periods import Grain, period_of
from breakwater.workflows.rollups.places import ALL_SLICES, TYPE
from breakwater.workflows.sla.standing import is_slow, standing
from breakwater.workflows.workflow_status import ENDED, PENDING, of_step_functions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

COUNTED = 1000
KEPT_SECONDS = 5.0
_ASKED = (
    *("executionArn", "executionName", "stateMachineArn", "status", "startDate", "redriveDate"),
    "slaTargetSeconds",
)


class OpenRuns(Protocol):
    """Runs with anything left to do."""

    def open(self, size: int) -> tuple[list[Run], bool]:
        """So many at most, and whether there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What is under way."""

    active: int
    pending: int
    slow: int
    at_least: bool
    """There are more than were counted."""


class Compensations(Protocol):
    """See compensation.unfinished."""

    def under_way(self) -> tuple[int, bool]:
        """How many cancelled executions are not made good again yet, and whether there are more."""


class OpenRows:
    """Counts what is open. Calls Query on OpenIndex."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def rows(self) -> tuple[list[dict[str, Any]], bool]:
        """COUNTED at most, the earliest deadline first, and whether there are more."""
        found: list[dict[str, Any]] = []
        more: dict[str, Any] = {}
        names = {f"#{name}": name for name in (*_ASKED, "open")}
        while len(found) < COUNTED:
            answer = self._client.query(
                TableName=self._table,
                IndexName="OpenIndex",
                KeyConditionExpression="#open = :open",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={":open": {"S": OPEN}},
                ProjectionExpression=", ".join(f"#{name}" for name in _ASKED),
                Limit=COUNTED - len(found),
                **more,
            )
            found += [from_item(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found, False
            more = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return found, True


class Counts:
    """The figures above the list."""

    def __init__(
        self,
        *,
        rows: OpenRows,
        runs: OpenRuns,
        compensations: Compensations,
        notes: Notes,
        profiles: Profiles,
        figures: Figures,
        recovery_machine: str,
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rows = rows
        self._runs = runs
        self._compensations = compensations
        self._notes = notes
        self._profiles = profiles
        self._figures = figures
        self._recovery_machine = recovery_machine
        self._clock = clock
        self._seconds = seconds
        self._kept: tuple[float, dict[str, Any]] | None = None

    def now(self) -> dict[str, Any]:
        """The figures, at most some seconds old; `asOf` says how old."""
        if self._kept is None or self._kept[0] <= self._seconds():
            now = self._clock()
            open_now = self._open(now)
            told = {
                "asOf": iso(now),
                "active": open_now.active,
                "pending": open_now.pending,
                "slow": open_now.slow,
                "atLeast": open_now.at_least,
                **self._today(now),
            }
            self._kept = (self._seconds() + KEPT_SECONDS, told)
        return self._kept[1]

    def _open(self, now: datetime) -> Open:
        rows, more_rows = self._rows.rows()
        rows = [row for row in rows if run_behind(row, self._recovery_machine) is None]
        machines = {row["stateMachineArn"] for row in rows}
        profiles, tags = self._profiles.of(machines), self._notes.tags(machines)
        runs, more_runs = self._runs.open(COUNTED)
        under_way = [run_workflow(run, now) for run in runs if not run.ended]
        statuses = [of_step_functions(row["status"]) for row in rows]
        statuses += [workflow.status for workflow in under_way]
        slow = sum(_is_slow(row, profiles, tags, now) for row in rows)
        slow += sum(workflow.is_slow for workflow in under_way)
        compensated, more_compensated = self._compensations.under_way()
        return Open(
            active=sum(status not in ENDED for status in statuses) + compensated,
            pending=statuses.count(PENDING),
            slow=slow,
            at_least=more_rows or more_runs or more_compensated,
        )

    def _today(self, now: datetime) -> dict[str, Any]:
        kept = self._figures.read(_days(now))
        counts: dict[str, int] = {}
        for one in kept.values():
            for _, tally in one.rollup.of(TYPE):
                for name, count in tally.counts.items():
                    counts[name] = counts.get(name, 0) + count
        met, missed = counts.get("sla.met", 0), counts.get("sla.missed", 0)
        updated = [one.updated_at for one in kept.values() if one.updated_at]
        return {
            "day": iso(now)[:10],
            "completedToday": counts.get("completed", 0),
            "failedToday": counts.get("failed", 0) + counts.get("timedOut", 0),
            "withTargetToday": met + missed,
            "slaCompliancePercentToday": (
                round(100 * met / (met + missed), 1) if met + missed else None
            ),
            "todayAsOf": max(updated, default=None),
        }


def _days(now: datetime) -> Collection[Place]:
    return [Place(part, period_of(Grain.DAY, iso(now))) for part in ALL_SLICES]


def _is_slow(
    row: Mapping[str, Any],
    profiles: Mapping[str, Profile],
    tags: Mapping[str, Mapping[str, str]],
    now: datetime,
) -> bool:
    """By the rules of the list."""
    status, machine = of_step_functions(row["status"]), row["stateMachineArn"]
    sla = standing(target_of(row, tags.get(machine, {})), elapsed_seconds(row, status, now), status)
    return is_slow(status, sla, attempt_seconds(row, status, now), profiles.get(machine))
