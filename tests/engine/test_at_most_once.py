"""Nothing is launched twice, and nothing new where nothing new may start, however late DRS's lists
are and whoever is in the way.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from breakwater.recovery.engine.recovery_service import Busy, Refused, Unclear
from breakwater.recovery.engine.status import JobStatus, RunStatus, ServerStatus, WaveStatus
from breakwater.recovery.recovery_plan import OnFailure
from tests.engine.conftest import Rooms
from tests.engine_room import CARLA, EngineRoom

LOST = "faults: [{fault: lost-response, call: StartRecovery}]"
NEVER_SENT = "faults: [{fault: internal-error, call: StartRecovery, times: 1}]"


def lists_late(room: EngineRoom, seconds: float) -> None:
    """DRS's lists show no job before it is so old."""
    listed = room.assembly.service.jobs_since

    def late(target: Any, since: Any) -> Any:
        return [
            job
            for job in listed(target, since)
            if job.created_at and (room.now() - job.created_at).total_seconds() >= seconds
        ]

    room.assembly.service.jobs_since = late  # type: ignore[method-assign]


def instead_of_starting(room: EngineRoom, answer: Callable[[Callable[..., Any]], Any]) -> None:
    """The first StartRecovery is answered otherwise."""
    start = room.assembly.service.start
    answers = [answer]

    def started(*of: Any, **more: Any) -> Any:
        if answers:
            return answers.pop()(lambda: start(*of, **more))
        return start(*of, **more)

    room.assembly.service.start = started  # type: ignore[method-assign]


def launched_once(room: EngineRoom) -> bool:
    return set(Counter(room.launched()).values()) == {1}


def test_a_lost_answer_is_waited_for_while_lists_may_be_late(rooms: Rooms) -> None:
    room = rooms(LOST)
    lists_late(room, 25)
    execution = room.start(room.plan("p", room.wave("database", "db-01", "db-02")))
    assert room.drive(execution)["status"] == "COMPLETED"
    assert room.calls.count("drs:StartRecovery") == 1
    assert launched_once(room)


def test_a_lost_answer_that_lists_hide_for_minutes_launches_nothing_twice(rooms: Rooms) -> None:
    room = rooms(LOST)
    lists_late(room, 400)
    servers = ("db-01", "db-02", "app-a-01", "app-a-02")
    execution = room.start(room.plan("p", room.wave("all", *servers)))
    assert room.drive(execution)["status"] == "COMPLETED"
    assert launched_once(room)
    assert {one.job_id for one in room.state(execution).jobs.values() if one.job_id} == {
        one.job_id for one in room.state(execution).servers.values()
    }


def test_a_job_that_was_cut_in_two_finds_its_halves_in_the_job_that_was_started(
    rooms: Rooms,
) -> None:
    room = rooms()

    def started_and_refused(start: Callable[[], Any]) -> Any:
        start()
        raise Busy("a server is in another job")

    instead_of_starting(room, started_and_refused)
    lists_late(room, 5)
    execution = room.start(room.plan("p", room.wave("all", "db-01", "db-02", "app-a-01")))
    assert room.drive(execution)["status"] == "COMPLETED"
    assert launched_once(room)


def test_an_intent_that_reached_nobody_is_dropped_when_the_run_is_cancelled(rooms: Rooms) -> None:
    room = rooms(NEVER_SENT)
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    room.drive(execution, looks=0)
    [job] = room.state(execution).jobs.values()
    assert job.status is JobStatus.STARTING
    room.desk.cancel(execution, CARLA, "a mistake", cleanup=True)
    assert room.drive(execution)["status"] == "CANCELLED"
    assert room.launched() == []
    [server] = room.state(execution).servers.values()
    assert server.status is ServerStatus.SKIPPED
    assert room.leases() == []


def test_an_intent_that_reached_nobody_is_dropped_when_its_waves_time_is_over(
    rooms: Rooms,
) -> None:
    room = rooms()

    def nobody_knows(_: Callable[[], Any]) -> Any:
        raise Unclear("the connection broke")

    instead_of_starting(room, nobody_knows)
    first = room.wave("database", "db-01", timeout_minutes=1)
    plan = room.plan(
        "p", first, room.wave("web", "app-a-01"), on_failure=OnFailure.CONTINUE_INDEPENDENT
    )
    execution = room.start(plan)
    room.drive(execution, looks=0)
    room.passes(61)
    assert room.drive(execution)["status"] == "FAILED"
    assert [wave.status for wave in room.state(execution).in_order()] == [
        WaveStatus.FAILED,
        WaveStatus.COMPLETED,
    ]
    assert room.launched() == [room.simulated.servers()["app-a-01"]]


def test_a_job_that_lists_do_not_show_yet_keeps_its_leases(rooms: Rooms) -> None:
    room = rooms()
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    state = room.drive(execution, looks=0)
    told = room.assembly.service.jobs
    room.assembly.service.jobs = lambda *_: {}  # type: ignore[method-assign]
    room.act("record_failure", {**state, "error": {"Error": "E", "Cause": "boom"}})
    room.watch()
    assert room.run(execution).status is RunStatus.FAILED
    assert room.leases(), "DRS works on a job that it only does not list yet"
    room.assembly.service.jobs = told  # type: ignore[method-assign]
    room.passes(3600)
    room.watch()
    assert room.leases() == []


def test_one_server_that_drs_does_not_take_keeps_no_other_from_being_launched(
    rooms: Rooms,
) -> None:
    room = rooms()
    names = ("db-01", "db-02", "app-a-01", "app-a-02")
    execution = room.start(room.plan("p", room.wave("all", *names)))
    gone = room.simulated.servers()["app-a-01"]
    assert room.drive(execution)["status"] == "COMPLETED"
    assert launched_once(room)
    second = room.start(room.plan("q", room.wave("all again", *names)))
    asked = room.assembly.service.start

    def refusing(target: Any, server_ids: Any, **more: Any) -> Any:
        if gone in server_ids:
            refusal = Refused("DRS said ValidationException: no such server")
            refusal.about_servers = True
            raise refusal
        return asked(target, server_ids, **more)

    room.assembly.service.start = refusing  # type: ignore[method-assign]
    assert room.drive(second)["status"] == "FAILED"
    found = {one.name: one.status for one in room.state(second).servers.values()}
    assert found.pop("app-a-01") is ServerStatus.FAILED
    assert set(found.values()) == {ServerStatus.LAUNCHED}


def test_what_keeps_a_job_from_being_asked_for_is_told(rooms: Rooms) -> None:
    room = rooms("faults: [{fault: access-denied, call: DescribeJobs, times: always, from: 0s}]")
    execution = room.start(room.plan("p", room.wave("database", "db-01")))
    room.drive(execution, looks=1)
    assert "AccessDenied" in " ".join(room.run(execution).attention)
