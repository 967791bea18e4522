"""Any combination of statuses and missing times gives a report and a page, never an exception."""

import json
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import Pause, Run
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.status import (
    JobStatus,
    RunStatus,
    ServerStatus,
    StepStatus,
    WaveStatus,
)
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.failure_policy import PolicyKind
from breakwater.recovery.report.page.page_of import page_of
from tests.unit.recovery.made_run import START
from tests.unit.recovery.report.scene import Scene

MOMENTS = some.integers(-3_000, 90_000).map(lambda seconds: START + timedelta(seconds=seconds))
TEXT = some.text(some.characters(exclude_categories=[]), max_size=8)
MAYBE = some.one_of(some.none(), MOMENTS)
MAYBE_TEXT = some.none() | TEXT

REQUESTS = some.none() | some.builds(
    Request, at=MOMENTS, by=TEXT, reason=TEXT, cleanup=some.booleans()
)
RUNS = some.builds(
    Run,
    plan_name=TEXT,
    requested_by=TEXT,
    is_drill=some.booleans(),
    status=some.sampled_from(RunStatus),
    cause=MAYBE_TEXT,
    reason=MAYBE_TEXT,
    retry_of=MAYBE_TEXT,
    attention=some.lists(TEXT, max_size=2).map(tuple),
    task_token=MAYBE_TEXT,
    cleanup_incomplete=some.booleans(),
    cleanups=some.integers(0, 2),
    started_at=MOMENTS,
    begun_at=MAYBE,
    ended_at=MAYBE,
    paused_since=MAYBE,
    paused_seconds=some.floats(0, 1e5),
    pauses=some.lists(some.builds(Pause, since=MOMENTS, until=MOMENTS), max_size=3).map(tuple),
    time_scale=some.sampled_from([1, 60]),
    timeout_minutes=some.just(60),
    pause_timeout_minutes=some.just(60),
    rto_minutes=some.none() | some.integers(1, 1_000),
    rpo_minutes=some.none() | some.integers(1, 1_000),
    cancel_requested=REQUESTS,
    cleaning=REQUESTS,
)
INDEXES = some.integers(0, 4)
NAMES = some.sampled_from(["a", "b", "c", "d", "e"])
WAVES = some.lists(
    some.builds(
        WaveRun,
        status=some.sampled_from(WaveStatus),
        reason=some.sampled_from([None, "timedOut", "policyNotMet"]),
        cause=MAYBE_TEXT,
        policy=some.sampled_from(PolicyKind),
        pause_before=some.booleans(),
        taken_over=some.booleans(),
        index=INDEXES,
        name=NAMES,
        depends_on=some.lists(NAMES, max_size=2).map(tuple),
        held_at=MAYBE,
        started_at=MAYBE,
        ended_at=MAYBE,
        servers=INDEXES,
        servers_launched=INDEXES,
        servers_failed=INDEXES,
        timeout_minutes=some.just(60),
    ),
    max_size=5,
    unique_by=(lambda one: one.index, lambda one: one.name),
)
SERVERS = some.lists(
    some.builds(
        ServerRun,
        name=TEXT,
        status=some.sampled_from(ServerStatus),
        cause=MAYBE_TEXT,
        recovery_instance_id=MAYBE_TEXT,
        actions=some.sampled_from([None, "pending", "succeeded", "failed"]),
        previous_snapshot=some.booleans(),
        tagged=some.booleans(),
        taken_over=some.booleans(),
        wave_index=INDEXES,
        started_at=MAYBE,
        launched_at=MAYBE,
        confirmed_at=MAYBE,
        ended_at=MAYBE,
        terminated_at=MAYBE,
        point_in_time=MAYBE,
        phases=some.dictionaries(
            some.sampled_from(["SNAPSHOT_START", "CONVERSION_START", "LAUNCH_START", "NEW"]),
            MOMENTS,
        ),
    ),
    max_size=5,
)
JOBS = some.lists(
    some.builds(
        JobRun,
        status=some.sampled_from(JobStatus),
        wave_index=INDEXES,
        started_at=MAYBE,
        ended_at=MAYBE,
        intent_at=MAYBE,
        job_id=MAYBE_TEXT,
        waiting_for=MAYBE_TEXT,
        refusals=some.integers(0, 3),
    ),
    max_size=3,
)
STEPS = some.lists(
    some.builds(
        CompensationStep,
        status=some.sampled_from(StepStatus),
        wave_index=INDEXES,
        round=some.integers(0, 2),
        started_at=MAYBE,
        ended_at=MAYBE,
        cause=MAYBE_TEXT,
    ),
    max_size=3,
)
ANY_VALUE = some.none() | some.booleans() | TEXT | some.lists(TEXT, max_size=2)
AUDIT = some.lists(
    some.dictionaries(some.sampled_from(["recordedAt", "actor", "action", "reason"]), ANY_VALUE),
    max_size=3,
)
SCENES: Any = some.builds(
    Scene,
    run=RUNS,
    waves=WAVES,
    servers=SERVERS,
    jobs=JOBS,
    compensation=STEPS,
    audit=AUDIT,
    plan=some.just({}),
    now=MOMENTS,
)
MANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(SCENES)
@MANY
def test_any_run_has_a_report_that_is_sound_json(scene: Scene) -> None:
    report = scene.report()
    assert json.loads(json.dumps(report.to_json(), allow_nan=False))["schemaVersion"] == 1


@given(SCENES)
@MANY
def test_any_run_has_a_page_whose_elements_are_all_closed(scene: Scene) -> None:
    page = page_of(scene.report())
    assert page.encode("utf-8")
    Balanced().check(page)


@given(SCENES)
@MANY
def test_the_critical_path_has_no_gap_no_overlap_and_is_the_whole_time(scene: Scene) -> None:
    report = scene.report()
    end = max(report.ended_at or scene.now, report.started_at)
    at = report.started_at
    for stretch in report.critical_path.stretches:
        assert stretch.started_at == at
        assert stretch.ended_at > at
        at = stretch.ended_at
    assert at == end
    spent = sum(one.wall_seconds for one in report.critical_path.totals.values())
    assert abs(spent - (end - report.started_at).total_seconds()) < 0.1


class Balanced(HTMLParser):
    """Fails where an element is not closed in the order in which it was opened."""

    VOID = frozenset({"meta", "br", "col"})

    def check(self, page: str) -> None:
        self.opened: list[str] = []
        self.feed(page)
        self.close()
        assert self.opened == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.opened.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag
