"""A server that does not launch: what it means for its wave, and its wave for the others."""

import pytest

from breakwater.recovery.engine.status import ServerStatus, WaveStatus
from breakwater.recovery.failure_policy import FailurePolicy, PolicyKind
from breakwater.recovery.recovery_plan import OnFailure
from breakwater.recovery.server_selection import ServerSelection
from tests.engine.conftest import Rooms
from tests.engine.looking import cause, server, waves


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


@pytest.mark.parametrize("leaves", ["PENDING", "IN_PROGRESS"])
def test_a_job_that_ends_without_a_server_leaves_it_inconsistent_after_a_grace(
    rooms: Rooms, leaves: str
) -> None:
    room = rooms(f"faults: [{{fault: left-unfinished, server: db-01, leaves: {leaves}}}]")
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    assert room.drive(execution)["status"] == "FAILED"
    assert server(room, execution, "db-01").cause.startswith("INCONSISTENT")
