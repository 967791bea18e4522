"""The plan of two waves that state machines lead in tests, and how its runs end."""

from typing import Any

from breakwater.recovery.engine.run_view import details_json
from breakwater.recovery.recovery_plan import RecoveryPlan
from tests.interpreters.interpreted_room import InterpretedRoom

STATE_BYTES = 2048


def two_waves(told: InterpretedRoom, **of_the_second: Any) -> RecoveryPlan:
    """database → app, a server each."""
    room = told.room
    app = room.wave("app", "app-a-01", depends_on=("database",), **of_the_second)
    return room.plan("p", room.wave("database", "db-01"), app)


def ends(
    told: InterpretedRoom,
    run: str,
    *,
    machine: str,
    status: str,
    waves: dict[str, str],
    servers: dict[str, str],
) -> None:
    """The machine, the run, its waves and servers ended so; nothing twice, nothing left leased."""
    assert told.ended(run) == machine
    state = told.room.state(run)
    shown = details_json(state, told.room.now())
    assert shown["status"] == status
    assert {wave["name"]: wave["status"] for wave in shown["waves"]} == waves
    of_waves = [server for wave in shown["waves"] for server in wave["servers"]]
    assert {one["name"]: one["status"] for one in of_waves} == servers
    assert state.run.task_token is None
    assert told.launched_twice() == []
    assert told.largest_state(run) <= STATE_BYTES
    told.room.watch()
    assert told.room.leases() == []
    assert told.room.run(run).open is None


def both_complete(told: InterpretedRoom, run: str) -> None:
    """Both waves of the plan, with both servers."""
    ends(
        told,
        run,
        machine="SUCCEEDED",
        status="COMPLETED",
        waves={"database": "COMPLETED", "app": "COMPLETED"},
        servers={"db-01": "LAUNCHED", "app-a-01": "LAUNCHED"},
    )
