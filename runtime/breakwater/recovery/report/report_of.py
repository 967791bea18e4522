"""The items of a run → its report. Pure; any combination of statuses and missing times will do."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import ServerStatus, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.report.critical_path import critical_path
from breakwater.recovery.report.decisions import decisions
from breakwater.recovery.report.deviations import deviations
from breakwater.recovery.report.headline import headline, still_open
from breakwater.recovery.report.known import Known
from breakwater.recovery.report.measured import recovery_point, recovery_time
from breakwater.recovery.report.parts import FrozenPlan
from breakwater.recovery.report.records import (
    compensation_report,
    job_report,
    server_report,
    wave_report,
)
from breakwater.recovery.report.run_clock import RunClock
from breakwater.recovery.report.run_report import RunReport
from breakwater.recovery.report.timeline import timeline
from breakwater.recovery.report.without_token import without_token


def report_of(
    *,
    plan: Mapping[str, Any],
    run: Run,
    waves: Sequence[WaveRun],
    servers: Sequence[ServerRun],
    jobs: Sequence[JobRun],
    compensation: Sequence[CompensationStep],
    audit: Sequence[Mapping[str, Any]],
    now: datetime,
) -> RunReport:
    """Everything that is known now.

    :param plan: the item `PLAN`: plan, groups, frozenAt; empty where the run has none yet.
    :param audit: the run's entries of the audit trail, in any order.
    """
    tokens = run.tokens
    run = replace(without_token(run, tokens), task_token=None, earlier_tokens=())
    plan, audit = without_token(plan, tokens), without_token(audit, tokens)
    known = Known(
        run=run,
        waves=sorted(without_token(waves, tokens), key=lambda one: one.index),
        servers=sorted(
            without_token(servers, tokens), key=lambda one: (one.wave_index, one.name, one.key)
        ),
        jobs=sorted(without_token(jobs, tokens), key=lambda one: one.item_key),
        steps=sorted(without_token(compensation, tokens), key=lambda one: one.item_key),
        clock=RunClock(run, now),
    )
    time = recovery_time(run, known.clock)
    point = recovery_point(run, known.servers, known.clock)
    path, decided = critical_path(known), decisions(run, audit)
    left = tuple(still_open(run, jobs))
    return RunReport(
        headline=headline(run, known.waves, time),
        as_of=now,
        final=not left,
        still_open=left,
        execution_id=run.execution_id,
        plan_id=run.plan_id,
        plan_name=run.plan_name,
        is_drill=run.is_drill,
        status=run.status,
        cause=run.cause,
        attention=run.attention,
        requested_by=run.requested_by,
        reason=run.reason,
        retry_of=run.retry_of,
        retried_by=run.retried_by,
        started_at=run.started_at,
        begun_at=run.begun_at,
        ended_at=run.ended_at,
        on_failure=run.on_failure,
        time_scale=run.time_scale,
        recovery_time=time,
        recovery_point=point,
        wave_counts=_counts(WaveStatus, (one.status for one in waves)),
        server_counts=_counts(ServerStatus, (one.status for one in servers)),
        cleanup_incomplete=run.cleanup_incomplete,
        deviations=deviations(known, time, point),
        decisions=decided,
        critical_path=path,
        waves=tuple(wave_report(one, path, known.clock) for one in known.waves),
        servers=tuple(server_report(one, known) for one in known.servers),
        jobs=tuple(job_report(one, known) for one in known.jobs),
        compensation=tuple(compensation_report(one, known) for one in known.steps),
        timeline=timeline(known, decided),
        plan=FrozenPlan(
            frozen_at=plan.get("frozenAt"),
            plan=plan.get("plan") or {},
            groups=tuple(plan.get("groups") or ()),
        ),
    )


def _place(server: ServerRun) -> tuple[int, str, str]:
    return server.wave_index, server.name, server.key


def _counts(kind: type[StrEnum], found: Iterable[StrEnum]) -> dict[str, int]:
    counted = Counter(found)
    return {status.value: counted[status] for status in kind}
