"""Runs by the synthesized definition itself, the real handlers behind it: how each story ends.

The embedded AWS is the other interpreter: tests/integration/test_runs.py.
"""

from typing import Any

import pytest

from breakwater.platform.http.errors import Conflict
from breakwater.recovery.recovery_plan import OnFailure
from tests.engine.conftest import Tell
from tests.engine.two_waves import both_complete, ends, two_waves
from tests.engine_room import CARLA
from tests.simulated import HOUR

LAUNCHED = dict.fromkeys(
    ("app-a-01", "app-a-02", "app-b-01", "db-01", "db-02", "web-01"), "LAUNCHED"
)
COMPLETED = dict.fromkeys(("database", "app a", "app b", "web"), "COMPLETED")
# Of the longest that may be written, in letters of three and four bytes.
AT_LENGTH = "停電" * 60 + "🌊" * 380


def test_all_waves_complete(tell: Tell) -> None:
    told = tell()
    run = told.start(told.room.sample())
    ends(told, run, machine="SUCCEEDED", status="COMPLETED", waves=COMPLETED, servers=LAUNCHED)


def test_a_wave_is_held_and_released(tell: Tell) -> None:
    told = tell()
    room = told.room
    run = told.start(two_waves(told, pause_before=True))
    told.paused(run)
    assert room.run(run).status.value == "PAUSED"
    assert len(room.launched()) == 1
    told.desk.resume(run, CARLA, AT_LENGTH, ["app"])
    both_complete(told, run)
    assert [kind for kind, _ in room.messages] == ["started", "paused", "resumed", "completed"]


def test_a_pause_is_asked_for_and_ended(tell: Tell) -> None:
    told = tell()
    told.at_wait(2, lambda run: told.desk.pause(run, CARLA, "the network first"))
    run = told.start(two_waves(told))
    told.paused(run)
    begun = {wave.name for wave in told.room.state(run).in_order() if wave.started_at}
    assert begun == {"database"}
    told.room.passes(HOUR)
    told.desk.resume(run, CARLA, "the network is up", None)
    with pytest.raises(Conflict):
        told.desk.resume(run, CARLA, "me too", None)
    both_complete(told, run)
    assert told.room.run(run).paused_seconds >= HOUR


@pytest.mark.parametrize(
    ("on_failure", "independent", "its_server"),
    [
        (OnFailure.STOP, "SKIPPED", "SKIPPED"),
        (OnFailure.CONTINUE_INDEPENDENT, "COMPLETED", "LAUNCHED"),
    ],
)
def test_a_wave_fails(tell: Tell, on_failure: OnFailure, independent: str, its_server: str) -> None:
    told = tell("faults: [{fault: launch-fails, server: db-01, phase: snapshot}]")
    room = told.room
    plan = room.plan(
        "p",
        room.wave("database", "db-01"),
        room.wave("app", "app-a-01", depends_on=("database",)),
        room.wave("cache", "app-a-02"),
        room.wave("after the cache", "app-a-03", depends_on=("cache",)),
        on_failure=on_failure,
    )
    run = told.start(plan)
    waves = {"database": "FAILED", "app": "SKIPPED", "cache": "COMPLETED"}
    servers = {"db-01": "FAILED", "app-a-01": "SKIPPED", "app-a-02": "LAUNCHED"}
    ends(
        told,
        run,
        machine="PlanFailed",
        status="FAILED",
        waves={**waves, "after the cache": independent},
        servers={**servers, "app-a-03": its_server},
    )


def test_a_plan_is_beyond_its_time(tell: Tell) -> None:
    told = tell("faults: [{fault: slow-phase, server: db-01, phase: conversion, takes: 2h}]")
    room = told.room
    plan = room.plan(
        "p",
        room.wave("database", "db-01"),
        room.wave("app", "app-a-01", depends_on=("database",)),
        timeout_minutes=60,
    )
    run = told.start(plan)
    assert told.ended(run) == "PlanTimeout"
    room.watch()
    assert len(room.leases()) == 2, "DRS still works on a job of the run"
    room.passes(3 * HOUR)
    ends(
        told,
        run,
        machine="PlanTimeout",
        status="TIMED_OUT",
        waves={"database": "FAILED", "app": "SKIPPED"},
        servers={"db-01": "FAILED", "app-a-01": "SKIPPED"},
    )


def test_nobody_resumes(tell: Tell) -> None:
    told = tell(timeouts_faster=36000)
    plan = told.room.plan(
        "p", told.room.wave("database", "db-01", pause_before=True), pause_timeout_minutes=120
    )
    run = told.start(plan)
    ends(
        told,
        run,
        machine="PlanTimeout",
        status="TIMED_OUT",
        waves={"database": "SKIPPED"},
        servers={"db-01": "SKIPPED"},
    )
    assert "Nobody resumed the run within 2 hours" in str(told.room.run(run).cause)
    assert told.room.launched() == []


def test_a_run_is_cancelled(tell: Tell) -> None:
    told = tell()
    told.at_wait(2, lambda run: told.desk.cancel(run, CARLA, AT_LENGTH, cleanup=True))
    run = told.start(two_waves(told))
    ends(
        told,
        run,
        machine="PlanCancelled",
        status="CANCELLED",
        waves={"database": "COMPLETED", "app": "CANCELLED"},
        servers={"db-01": "TERMINATED", "app-a-01": "SKIPPED"},
    )


def test_a_run_is_cancelled_while_it_is_paused(tell: Tell) -> None:
    told = tell()
    run = told.start(two_waves(told, pause_before=True))
    told.paused(run)
    told.desk.cancel(run, CARLA, "not today", cleanup=False)
    ends(
        told,
        run,
        machine="PlanCancelled",
        status="CANCELLED",
        waves={"database": "COMPLETED", "app": "CANCELLED"},
        servers={"db-01": "LAUNCHED", "app-a-01": "SKIPPED"},
    )


def test_a_run_is_retried(tell: Tell) -> None:
    told = tell("faults: [{fault: launch-fails, server: app-a-01}]")
    first = told.start(two_waves(told))
    ends(
        told,
        first,
        machine="PlanFailed",
        status="FAILED",
        waves={"database": "COMPLETED", "app": "FAILED"},
        servers={"db-01": "LAUNCHED", "app-a-01": "FAILED"},
    )
    second = told.desk.retry(first, CARLA, "there is capacity", None).execution_id
    both_complete(told, second)
    assert len(told.room.launched()) == 3, "db-01 once, app-a-01 twice"
    assert told.room.run(second).retry_of == first


def test_an_error_that_nobody_foresaw_is_recorded(tell: Tell) -> None:
    told = tell()

    def broken(_event: Any) -> Any:
        raise ZeroDivisionError("seven by nought")

    told.functions["update_wave_status"] = broken
    run = told.start(two_waves(told))
    assert told.ended(run) == "PlanFailed"
    told.room.passes(HOUR)
    told.room.watch()
    ends(
        told,
        run,
        machine="PlanFailed",
        status="FAILED",
        waves={"database": "FAILED", "app": "SKIPPED"},
        servers={"db-01": "LAUNCHED", "app-a-01": "SKIPPED"},
    )
    assert "ZeroDivisionError: seven by nought" in str(told.room.run(run).cause)
