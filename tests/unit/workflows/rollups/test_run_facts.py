"""Figures know a run's target, and that a cleanup is no workflow."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from breakwater.index.row import Row
from breakwater.platform.clock import iso
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.status import RunStatus
from breakwater.workflows.rollups.contribution import Sla, facts_of
from breakwater.workflows.rollups.run_facts import RunFacts
from tests.unit.workflows.sla.made import HERE, START, row

RUN = "20261120-030000-0a1b2c3d"


class Runs:
    def __init__(self, **changes: Any) -> None:
        given: dict[str, Any] = {
            "execution_id": RUN,
            "plan_id": "plan",
            "plan_name": "Shop",
            "is_drill": True,
            "status": RunStatus.COMPLETED,
            "requested_by": "ada",
            "started_at": START,
            "ended_at": START + timedelta(minutes=61),
            "execution_arn": f"{HERE}:execution:recovery:{RUN}",
            "rto_minutes": 60,
            "timeout_minutes": 600,
            "pause_timeout_minutes": 600,
        }
        self.run = Run(**{**given, **changes})
        self.asked: list[set[str]] = []

    def of(self, ids: Collection[str]) -> Mapping[str, Run]:
        self.asked.append(set(ids))
        return {RUN: self.run} if RUN in ids else {}


def execution(name: str, machine: str = "recovery") -> Row:
    return row(
        execution_arn=f"{HERE}:execution:{machine}:{name}",
        execution_name=name,
        ended=59,
    )


def test_a_run_beyond_its_objective_missed_its_target_counted_from_when_it_was_asked_for() -> None:
    [told] = RunFacts(Runs()).rows([execution(RUN)])
    assert facts_of(told).sla is Sla.MISSED
    assert facts_of(told).duration_ms == 61 * 60_000
    in_time = Runs(ended_at=START + timedelta(minutes=60))
    [told] = RunFacts(in_time).rows([execution(RUN)])
    assert facts_of(told).sla is Sla.MET


def test_locally_a_run_is_measured_by_its_own_minutes() -> None:
    quick = Runs(time_scale=60, ended_at=START + timedelta(seconds=61))
    [told] = RunFacts(quick).rows([execution(RUN)])
    assert facts_of(told).sla is Sla.MISSED
    assert facts_of(told).duration_ms == 61 * 60_000


def test_a_run_without_an_objective_has_no_target() -> None:
    [told] = RunFacts(Runs(rto_minutes=None)).rows([execution(RUN)])
    assert facts_of(told).sla is None
    assert facts_of(told).duration_ms == 61 * 60_000


def test_a_cleanup_is_not_counted() -> None:
    rows = [execution(f"{RUN}-cleanup-1"), execution(RUN)]
    assert [one.execution_name for one in RunFacts(Runs()).rows(rows)] == [RUN]


def test_an_execution_that_is_only_called_like_a_run_is_counted_as_it_is() -> None:
    rows = [execution(RUN, "orders"), execution(f"{RUN}-cleanup-1", "orders")]
    assert RunFacts(Runs()).rows(rows) == rows


def test_nobody_is_asked_where_no_name_can_be_a_runs() -> None:
    runs = Runs()
    rows = [execution("one"), execution("two")]
    assert RunFacts(runs).rows(rows) == rows
    assert runs.asked == []
    assert iso(START) == rows[0].start_date
