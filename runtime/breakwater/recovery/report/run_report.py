"""The report of a run, whole: what `/executions/{id}/report` answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.recovery_plan import OnFailure
from breakwater.recovery.report.as_json import as_json
from breakwater.recovery.report.parts import (
    CompensationReport,
    CriticalPath,
    Decision,
    Deviation,
    FrozenPlan,
    JobReport,
    RecoveryPoint,
    RecoveryTime,
    ServerReport,
    TimelineEntry,
    WaveReport,
)

SCHEMA_VERSION = 1
"""One more when a field changes its meaning or goes; a new field changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """All that is known of a run, for people who were not there."""

    schema_version: int = SCHEMA_VERSION
    headline: str
    """The outcome in one sentence."""

    as_of: datetime
    final: bool
    """Nothing in it will change any more, unless somebody cleans up later."""

    still_open: tuple[str, ...]
    """Why it is not final, in sentences."""

    execution_id: str
    plan_id: str
    plan_name: str
    is_drill: bool
    status: RunStatus
    cause: str | None
    attention: tuple[str, ...]
    requested_by: str
    reason: str | None
    retry_of: str | None
    retried_by: str | None
    started_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    on_failure: OnFailure
    time_scale: int
    """So many of the run's seconds pass in a second of the wall clock: 1 on AWS."""

    recovery_time: RecoveryTime
    recovery_point: RecoveryPoint
    wave_counts: Mapping[str, int]
    """By status; every status is there."""

    server_counts: Mapping[str, int]
    cleanup_incomplete: bool
    deviations: tuple[Deviation, ...]
    decisions: tuple[Decision, ...]
    critical_path: CriticalPath
    waves: tuple[WaveReport, ...]
    servers: tuple[ServerReport, ...]
    jobs: tuple[JobReport, ...]
    compensation: tuple[CompensationReport, ...]
    timeline: tuple[TimelineEntry, ...]
    plan: FrozenPlan

    def to_json(self) -> dict[str, Any]:
        """In camelCase; every field is there, null where it is unknown."""
        values: dict[str, Any] = as_json(self)
        return values
