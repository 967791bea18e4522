"""Lists of the runs that the engine drove."""

from breakwater.recovery.engine.status import RunStatus
from tests.engine.conftest import Rooms


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
