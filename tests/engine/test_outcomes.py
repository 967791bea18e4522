"""Design section 3: each row of the table of outcomes, on the real engine and a simulated DRS."""

from collections import Counter
from typing import Any

import pytest

from breakwater.platform.http.errors import Conflict, Unprocessable
from breakwater.recovery.engine.state_object import execution_input
from breakwater.recovery.engine.status import (
    RunStatus,
    ServerStatus,
    StepStatus,
    WaveStatus,
)
from breakwater.recovery.failure_policy import FailurePolicy, PolicyKind
from breakwater.recovery.recovery_plan import OnFailure, PlanContent, Wave
from breakwater.recovery.server_selection import ServerSelection
from tests.engine.conftest import Rooms
from tests.engine_room import CARLA, EngineRoom
from tests.unit.recovery.made import group_content


def waves(room: EngineRoom, execution_id: str) -> dict[str, WaveStatus]:
    return {wave.name: wave.status for wave in room.state(execution_id).in_order()}


def server(room: EngineRoom, execution_id: str, name: str) -> Any:
    [found] = [one for one in room.state(execution_id).servers.values() if one.name == name]
    return found


def cause(room: EngineRoom, execution_id: str) -> str:
    return room.run(execution_id).cause or ""


def test_a_wave_is_complete_when_its_servers_run_and_then_its_dependants_start(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = room.start(room.sample())
    assert room.drive(execution)["status"] == "COMPLETED"
    state = room.state(execution)
    ended = {wave.name: wave.ended_at for wave in state.in_order()}
    begun = {wave.name: wave.started_at for wave in state.in_order()}
    assert set(waves(room, execution).values()) == {WaveStatus.COMPLETED}
    assert begun["app a"] == begun["app b"], "independent waves start together"
    assert str(begun["web"]) >= max(str(ended["app a"]), str(ended["app b"]))
    for one in state.servers.values():
        assert one.status is ServerStatus.LAUNCHED
        assert one.instance_state == "RUNNING"
        assert one.confirmed_at is not None
        assert one.point_in_time is not None
        assert {"SNAPSHOT_START", "CONVERSION_START", "LAUNCH_START"} <= one.phases.keys()
    tags = room.accounts.tags[str(server(room, execution, "db-01").recovery_instance_id)]
    assert tags == {
        "breakwater:executionId": execution,
        "breakwater:plan": "shop",
        "breakwater:wave": "database",
        "breakwater:drill": "true",
    }
    assert [kind for kind, _ in room.messages] == ["started", "completed"]


def test_a_run_keeps_the_plan_and_the_servers_that_it_began_with(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "shop",
        room.wave("database", "db-01"),
        room.wave("web", "web-01", depends_on=("database",), region="eu-central-1"),
    )
    execution = room.start(plan)
    room.drive(execution, looks=2)
    group = room.groups.get(plan.waves[0].group_ids[0])
    other = group_content(group.name, ServerSelection(ids=(room.simulated.servers()["db-02"],)))
    room.groups.update(group.group_id, other, group.version, CARLA, room.now())
    another = room.wave("another", "app-a-01")
    room.plans.update(
        plan.plan_id, PlanContent(name="renamed", waves=(another,)), 1, CARLA, room.now()
    )
    assert room.drive(execution)["status"] == "COMPLETED"
    assert waves(room, execution).keys() == {"database", "web"}
    assert {one.name for one in room.state(execution).servers.values()} == {"db-01", "web-01"}
    assert room.run(execution).plan_name == "shop"


def test_a_server_that_is_meant_to_stay_stopped_is_launched_when_it_is_stopped(
    rooms: Rooms,
) -> None:
    room = rooms()
    known = room.simulated.servers()
    room.simulated.done(
        "UpdateLaunchConfiguration", sourceServerID=known["db-01"], launchDisposition="STOPPED"
    )
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    assert room.drive(execution)["status"] == "COMPLETED"
    assert server(room, execution, "db-01").instance_state == "STOPPED"


def test_a_wave_fails_once_its_jobs_are_settled_and_what_depends_on_it_is_skipped(
    rooms: Rooms,
) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-01, cause: no-capacity}]")
    execution = room.start(room.sample())
    assert room.drive(execution)["status"] == "FAILED"
    assert waves(room, execution) == {
        "database": WaveStatus.FAILED,
        "app a": WaveStatus.SKIPPED,
        "app b": WaveStatus.SKIPPED,
        "web": WaveStatus.SKIPPED,
    }
    assert server(room, execution, "db-02").status is ServerStatus.LAUNCHED, "watched to its end"
    assert "InsufficientInstanceCapacity" in server(room, execution, "db-01").cause
    assert "db-01" in cause(room, execution)
    assert [kind for kind, _ in room.messages] == ["started", "waveFailed", "failed"]
    room.watch()
    assert room.leases() == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (FailurePolicy(), WaveStatus.FAILED),
        (FailurePolicy(kind=PolicyKind.AT_LEAST, percent=50), WaveStatus.COMPLETED),
        (FailurePolicy(kind=PolicyKind.AT_LEAST, percent=51), WaveStatus.FAILED),
        (
            FailurePolicy(
                kind=PolicyKind.CRITICAL, servers=ServerSelection(tags={"wave": "database"})
            ),
            WaveStatus.FAILED,
        ),
    ],
)
def test_the_failure_policy_decides_what_a_failed_server_means(
    rooms: Rooms, policy: FailurePolicy, expected: WaveStatus
) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-01}]")
    plan = room.plan("p", room.wave("database", "db-01", "db-02", failure_policy=policy))
    execution = room.start(plan)
    room.drive(execution)
    assert waves(room, execution) == {"database": expected}


def test_only_critical_servers_must_launch_where_the_policy_says_so(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-01}]")
    critical = ServerSelection(ids=(room.simulated.servers()["db-02"],))
    policy = FailurePolicy(kind=PolicyKind.CRITICAL, servers=critical)
    execution = room.start(
        room.plan("p", room.wave("database", "db-01", "db-02", failure_policy=policy))
    )
    assert room.drive(execution)["status"] == "COMPLETED"
    assert server(room, execution, "db-01").status is ServerStatus.FAILED


@pytest.mark.parametrize(
    ("on_failure", "app_b"),
    [(OnFailure.STOP, WaveStatus.SKIPPED), (OnFailure.CONTINUE_INDEPENDENT, WaveStatus.COMPLETED)],
)
def test_after_a_failure_independent_waves_go_on_only_if_the_plan_says_so(
    rooms: Rooms, on_failure: OnFailure, app_b: WaveStatus
) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-01, phase: snapshot}]")
    plan = room.plan(
        "p",
        room.wave("database", "db-01"),
        room.wave("cache", "app-a-01"),
        room.wave("app b", "app-b-01", region="eu-central-1", depends_on=("cache",)),
        on_failure=on_failure,
    )
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "FAILED"
    assert waves(room, execution) == {
        "database": WaveStatus.FAILED,
        "cache": WaveStatus.COMPLETED,
        "app b": app_b,
    }


def test_a_wave_beyond_its_timeout_fails_and_names_the_servers_that_are_open(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: slow-phase, server: db-01, phase: conversion, takes: 5h}]")
    plan = room.plan("p", room.wave("database", "db-01", "db-02", timeout_minutes=30))
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "FAILED"
    [wave] = room.state(execution).in_order()
    assert (wave.status, wave.reason) == (WaveStatus.FAILED, "timedOut")
    assert "db-01" in str(wave.cause)
    assert server(room, execution, "db-02").status is ServerStatus.LAUNCHED
    ended = room.run(execution).ended_at
    assert ended is not None
    assert wave.ended_at is not None
    assert (ended - wave.ended_at).total_seconds() <= 150, "watched for one grace period"
    room.watch()
    assert len(room.leases()) == 2, "DRS still works on the job, so the leases stay"
    room.passes(6 * 3600)
    room.watch()
    assert room.leases() == []
    assert room.run(execution).open is None


@pytest.mark.parametrize(
    ("takes", "another"),
    [("5h", False), ("80m", True)],
    ids=["the job outlives the run", "the job ends while another wave runs"],
)
def test_a_server_that_comes_up_after_its_wave_has_timed_out_is_not_launched_again(
    rooms: Rooms, takes: str, another: bool
) -> None:
    room = rooms(
        f"faults: [{{fault: slow-phase, server: db-01, phase: conversion, takes: {takes}}},"
        "{fault: slow-phase, server: web-01, phase: conversion, takes: 3h}]"
    )
    plan = room.plan(
        "p",
        room.wave("database", "db-01", timeout_minutes=30),
        *([room.wave("long", "web-01", region="eu-central-1")] if another else []),
    )
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "FAILED"
    room.passes(6 * 3600)
    room.watch()
    late = server(room, execution, "db-01")
    assert late.status is ServerStatus.LAUNCHED
    assert late.recovery_instance_id
    assert str(late.cause).startswith("Late: ")
    again = room.desk.retry(execution, CARLA, "it was only late", None).execution_id
    assert room.drive(again)["status"] == "COMPLETED"
    assert server(room, again, "db-01").taken_over
    assert room.launched().count(room.simulated.servers()["db-01"]) == 1


def test_a_plan_beyond_its_timeout_is_timed_out(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: slow-phase, server: db-01, phase: conversion, takes: 5h}]")
    plan = room.plan("p", room.wave("database", "db-01"), timeout_minutes=60)
    execution = room.start(plan)
    assert room.drive(execution)["status"] == "TIMED_OUT"
    assert "60 minutes" in cause(room, execution)
    assert waves(room, execution) == {"database": WaveStatus.FAILED}
    assert room.messages[-1][0] == "timedOut"


def test_paused_time_does_not_count_towards_the_plan_timeout(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "p",
        room.wave("database", "db-01", pause_before=True),
        timeout_minutes=45,
        pause_timeout_minutes=600,
    )
    execution = room.start(plan)

    def late(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.passes(5 * 3600)
            room.desk.resume(execution, CARLA, "slept well", None)

    assert room.drive(execution, at=late)["status"] == "COMPLETED"
    assert room.run(execution).paused_seconds == pytest.approx(5 * 3600, abs=5)


@pytest.mark.parametrize("leaves", ["PENDING", "IN_PROGRESS"])
def test_a_job_that_ends_without_a_server_leaves_it_inconsistent_after_a_grace(
    rooms: Rooms, leaves: str
) -> None:
    room = rooms(f"faults: [{{fault: left-unfinished, server: db-01, leaves: {leaves}}}]")
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    assert room.drive(execution)["status"] == "FAILED"
    assert server(room, execution, "db-01").cause.startswith("INCONSISTENT")


def test_a_group_that_resolves_to_no_server_starts_nothing(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", Wave(name="w", group_ids=(room.group("none", tier="nothing"),)))
    with pytest.raises(Unprocessable) as refused:
        room.start(plan)
    assert refused.value.details[0]["code"] == "noServers"  # type: ignore[index]
    assert room.callbacks.started == []
    assert list(room.assembly.runs.open()) == []


def test_a_held_wave_waits_while_others_go_on_and_then_the_run_is_paused(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "p",
        room.wave("database", "db-01"),
        room.wave("cache", "app-a-01", pause_before=True),
    )
    execution = room.start(plan)
    seen = []

    def release(room: EngineRoom, state: dict[str, Any]) -> None:
        seen.append((state["status"], waves(room, execution)))
        if state["status"] == "PAUSED":
            assert room.run(execution).status is RunStatus.PAUSED
            room.desk.resume(execution, CARLA, "go", ["cache"])

    assert room.drive(execution, at=release)["status"] == "COMPLETED"
    assert seen[0] == (
        "RUNNING",
        {"database": WaveStatus.LAUNCHING, "cache": WaveStatus.HELD},
    )
    assert ("PAUSED", {"database": WaveStatus.COMPLETED, "cache": WaveStatus.HELD}) in seen
    assert [kind for kind, _ in room.messages] == ["started", "paused", "resumed", "completed"]


def test_a_held_wave_that_is_released_before_the_pause_starts_at_the_next_look(
    rooms: Rooms,
) -> None:
    room = rooms()
    plan = room.plan(
        "p", room.wave("database", "db-01"), room.wave("cache", "app-a-01", pause_before=True)
    )
    execution = room.start(plan)
    done: list[Any] = []

    def release(room: EngineRoom, state: dict[str, Any]) -> None:
        if not done:
            done.append(room.desk.resume(execution, CARLA, "go", None))
        assert state["status"] != "PAUSED"

    assert room.drive(execution, at=release)["status"] == "COMPLETED"
    assert done[0].within_seconds <= 31


def test_a_pause_that_is_asked_for_lets_what_runs_settle_and_then_waits(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.sample())
    seen = []

    def pause(room: EngineRoom, state: dict[str, Any]) -> None:
        run = room.run(execution)
        seen.append(run.status)
        if run.status is RunStatus.RUNNING and len(seen) == 2:
            room.desk.pause(execution, CARLA, "wait for the network")
        if run.status is RunStatus.PAUSING:
            assert state["waitSeconds"] <= 30
        if run.status is RunStatus.PAUSED:
            assert waves(room, execution)["database"] is WaveStatus.COMPLETED
            assert waves(room, execution)["app a"] is WaveStatus.PENDING
            room.desk.resume(execution, CARLA, "network is up", None)

    assert room.drive(execution, at=pause)["status"] == "COMPLETED"
    assert RunStatus.PAUSING in seen
    assert RunStatus.PAUSED in seen


def test_the_second_of_two_who_resume_is_told_who_was_first(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01", pause_before=True))
    execution = room.start(plan)

    def twice(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.desk.resume(execution, CARLA, "first", None)
            with pytest.raises(Conflict, match=r"carla@example\.com resumed it"):
                room.desk.resume(execution, CARLA, "second", None)

    assert room.drive(execution, at=twice)["status"] == "COMPLETED"


def test_a_pause_that_nobody_ends_is_ended_at_its_limit_and_told_of_long_before(
    rooms: Rooms,
) -> None:
    room = rooms()
    plan = room.plan(
        "p", room.wave("database", "db-01", pause_before=True), pause_timeout_minutes=120
    )
    execution = room.start(plan)

    def watch(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.passes(31 * 60)
            room.watch()
            assert room.messages[-1][0] == "waitingTooLong"

    assert room.drive(execution, at=watch)["status"] == "TIMED_OUT"
    assert "Nobody resumed" in cause(room, execution)
    assert room.leases() == []


def test_the_watch_ends_a_pause_where_the_state_machine_does_not(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan(
        "p", room.wave("database", "db-01", pause_before=True), pause_timeout_minutes=120
    )
    execution = room.start(plan)

    def watch(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.passes(121 * 60)
            room.watch()
            assert room.callbacks.answers, "the token is answered"

    assert room.drive(execution, at=watch)["status"] == "TIMED_OUT"


def test_a_cancelled_run_watches_its_jobs_to_their_end(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.sample())

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is RunStatus.RUNNING:
            room.desk.cancel(execution, CARLA, "wrong plan", cleanup=False)
        else:
            assert state["waitSeconds"] <= 30

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    assert waves(room, execution) == {
        "database": WaveStatus.COMPLETED,
        "app a": WaveStatus.CANCELLED,
        "app b": WaveStatus.CANCELLED,
        "web": WaveStatus.CANCELLED,
    }
    assert server(room, execution, "db-01").status is ServerStatus.LAUNCHED
    assert "wrong plan" in cause(room, execution)


def test_a_cancelled_drill_terminates_what_it_launched_step_by_step(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.sample())

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        launching = waves(room, execution)["app a"] is WaveStatus.LAUNCHING
        if launching and room.run(execution).status is RunStatus.RUNNING:
            room.desk.cancel(execution, CARLA, "enough", cleanup=True)

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    steps = room.state(execution).steps.values()
    assert {step.status for step in steps} == {StepStatus.SUCCEEDED}
    assert len(steps) == 3
    assert server(room, execution, "db-01").status is ServerStatus.TERMINATED
    assert server(room, execution, "app-b-01").status is ServerStatus.TERMINATED
    listed = room.simulated.done("DescribeRecoveryInstances")["items"]
    assert {one["ec2InstanceState"] for one in listed} <= {"TERMINATED", "SHUTTING-DOWN"}


def test_a_run_that_is_paused_can_be_cancelled(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01", pause_before=True))
    execution = room.start(plan)

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        if state["status"] == "PAUSED":
            room.desk.cancel(execution, CARLA, "not today", cleanup=True)

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    assert room.count("drs:StartRecovery") == 0
    assert room.leases() == []


def test_a_compensation_step_that_fails_is_shown_and_can_be_run_again(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: access-denied, call: TerminateRecoveryInstances, times: 12}]")
    execution = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))

    def cancel(room: EngineRoom, state: dict[str, Any]) -> None:
        if room.run(execution).status is RunStatus.RUNNING:
            room.desk.cancel(execution, CARLA, "enough", cleanup=True)

    assert room.drive(execution, at=cancel)["status"] == "CANCELLED"
    assert room.run(execution).cleanup_incomplete
    [step] = room.state(execution).steps.values()
    assert step.status is StepStatus.FAILED
    assert "AccessDenied" in str(step.cause)

    done = room.desk.clean_up(execution, CARLA, "once more")
    assert room.callbacks.started[-1] == (execution, 1)
    assert room.drive(execution, cleanup=done.run.cleanups)["status"] == "COMPLETED"
    assert not room.run(execution).cleanup_incomplete
    assert room.run(execution).status is RunStatus.CANCELLED
    assert room.messages[-1][0] == "cleanedUp"


def test_an_unexpected_error_is_recorded_and_the_leases_go_when_no_job_is_open(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = room.start(room.sample())
    state = room.drive(execution, looks=2)
    error = {"Error": "ZeroDivisionError", "Cause": '{"errorType": "X", "errorMessage": "boom"}'}
    failed = room.act("record_failure", {**state, "error": error})
    assert failed["status"] == "FAILED"
    assert "boom" in failed["cause"]
    assert room.run(execution).status is RunStatus.FAILED
    room.watch()
    assert room.leases(), "a job of the run is open"
    room.passes(3600)
    room.watch()
    assert room.leases() == []


def test_a_retry_starts_nothing_that_came_up_after_the_run_had_ended(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-02}]")
    first = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))
    state = room.drive(first, looks=2)
    room.act("record_failure", {**state, "error": {"Error": "E", "Cause": "boom"}})
    room.passes(3600)
    room.watch()
    run = room.run(first)
    assert (run.servers_launched, run.servers_failed) == (1, 1)
    assert server(room, first, "db-01").recovery_instance_id
    assert "DRS left it FAILED" in server(room, first, "db-02").cause
    second = room.desk.retry(first, CARLA, "mended", None).execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    launched = Counter(room.launched())
    known = room.simulated.servers()
    assert launched == {known["db-01"]: 1, known["db-02"]: 2}


def test_a_retry_takes_over_what_completed_and_starts_only_what_did_not_launch(
    rooms: Rooms,
) -> None:
    room = rooms("faults: [{fault: launch-fails, server: app-a-02, phase: snapshot}]")
    first = room.start(room.sample())
    assert room.drive(first)["status"] == "FAILED"
    room.watch()
    before = Counter(room.launched())
    second = room.desk.retry(first, CARLA, "capacity is back", "shop").execution_id
    assert room.drive(second)["status"] == "COMPLETED"
    state = room.state(second)
    assert {wave.name: wave.taken_over for wave in state.in_order()} == {
        "database": True,
        "app a": False,
        "app b": True,
        "web": False,
    }
    names = {one.server_id: one.name for one in state.servers.values()}
    started = sorted(names[one] for one in (Counter(room.launched()) - before))
    assert started == ["app-a-02", "web-01"]
    assert room.run(first).retried_by == second
    assert room.run(second).retry_of == first
    assert server(room, second, "app-a-01").taken_over


def test_lists_of_runs_hold_runs_and_none_of_their_waves_and_servers(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: launch-fails, server: db-01}]")
    failed = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))
    room.drive(failed)
    done = room.start(room.plan("q", room.wave("cache", "app-a-01")))
    room.drive(done)
    lists = room.assembly.runs
    of = {status: lists.with_status(status, limit=25)[0] for status in RunStatus}
    assert [run.execution_id for run in of[RunStatus.FAILED]] == [failed]
    assert [run.execution_id for run in of[RunStatus.COMPLETED]] == [done]
    both, _ = lists.recent(list(RunStatus), limit=25)
    assert [run.execution_id for run in both] == [done, failed]


def test_a_server_is_held_by_one_run_only(rooms: Rooms) -> None:
    room = rooms()
    plan, other = room.sample(), room.plan("other", room.wave("x", "db-01"))
    first = room.start(plan)
    racing = room.start(other)  # accepted before the first has taken its leases
    room.drive(first, looks=1)
    with pytest.raises(Conflict, match=first):
        room.start(other)
    assert room.drive(racing)["status"] == "FAILED"
    assert first in cause(room, racing)
    assert len(room.leases()) == 6, "what the second had taken it gave back"
    assert room.launched().count(room.simulated.servers()["db-01"]) == 1


def test_a_lease_of_a_run_that_is_over_is_taken_over_and_never_one_of_a_run_that_is_not(
    rooms: Rooms,
) -> None:
    room = rooms()
    first = room.start(room.plan("p", room.wave("database", "db-01")))
    room.drive(first)
    room.watch()  # DRS has closed its job as well
    room.dynamodb.put_item(
        TableName="leases",
        Item={
            "server": {"S": f"111122223333/eu-west-1/{room.simulated.servers()['db-01']}"},
            "executionId": {"S": first},
        },
    )
    second = room.start(room.plan("q", room.wave("database again", "db-01")))
    assert room.drive(second)["status"] == "COMPLETED"


def test_waits_are_between_5_and_120_seconds_and_a_wave_of_15_minutes_is_looked_at_20_times(
    rooms: Rooms,
) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    room.drive(execution)
    waits = [state["waitSeconds"] for state in room.states[:-1]]
    assert all(5 <= wait <= 120 for wait in waits)
    [wave] = room.state(execution).in_order()
    assert wave.started_at is not None
    assert wave.ended_at is not None
    minutes = (wave.ended_at - wave.started_at).total_seconds() / 60
    assert len(waits) <= 20 * minutes / 15


def test_a_second_run_of_the_same_servers_has_learned_how_long_they_take(rooms: Rooms) -> None:
    room = rooms()
    plan = room.plan("p", room.wave("database", "db-01"))
    room.drive(room.start(plan))
    room.watch()
    again = room.start(plan)
    room.drive(again)
    learned = server(room, again, "db-01").expected_seconds
    assert 600 < learned < 1200


def test_a_run_whose_execution_was_never_started_is_started_by_the_watch(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    room.callbacks.started.clear()
    room.watch()
    room.watch()
    assert room.callbacks.started == [(execution, 0)]
    assert room.drive(execution)["status"] == "COMPLETED"


@pytest.mark.parametrize("paused", [False, True])
def test_a_run_whose_execution_was_stopped_from_outside_is_recorded_as_failed(
    rooms: Rooms, paused: bool
) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01", pause_before=paused)))
    if paused:
        state = room.act("begin", execution_input(room.run(execution)))
        room.act("store_task_token", {"state": state, "taskToken": "of a pause"})
        assert room.run(execution).status is RunStatus.PAUSED
    else:
        room.drive(execution, looks=2)
    room.callbacks.how_it_ended = "ABORTED"
    room.passes(3600)
    room.watch()
    assert room.run(execution).status is RunStatus.FAILED
    assert "ABORTED" in cause(room, execution)
    room.passes(3600)
    room.watch()
    assert room.leases() == []


def test_a_wave_is_cut_into_jobs_and_jobs_queue_under_the_accounts_limits(rooms: Rooms) -> None:
    names = [f"s-{number:03d}" for number in range(130)]
    servers = "worlds:\n  - account: '111122223333'\n    region: eu-west-1\n    servers:\n"
    servers += "".join(
        f"      - {{name: {name}, launch: {{recoveryMode: FAST}}}}\n" for name in names
    )
    room = rooms("quotas: {jobs: 1}", servers)
    execution = room.start(room.plan("big", room.wave("all", *names, timeout_minutes=600)))
    waited: set[str] = set()

    def look(room: EngineRoom, state: dict[str, Any]) -> None:
        waited.update(job.waiting_for or "" for job in room.state(execution).jobs.values())

    assert room.drive(execution, at=look)["status"] == "COMPLETED"
    jobs = room.state(execution).jobs.values()
    assert sorted(len(job.server_ids) for job in jobs) == [30, 100]
    assert any("ServiceQuotaExceededException" in one for one in waited)
    assert sorted(room.launched()) == sorted(set(room.launched()))
