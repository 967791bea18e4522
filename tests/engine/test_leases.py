"""A server belongs to one run at a time."""

import pytest

from breakwater.platform.http.errors import Conflict
from tests.engine.conftest import Rooms
from tests.engine.looking import cause
from tests.engine_room import CARLA


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


def test_a_second_run_of_a_plan_is_refused_from_when_the_first_was_accepted(rooms: Rooms) -> None:
    """Before it has begun, it holds no server; two people may ask within seconds."""
    room = rooms()
    plan = room.sample()
    first = room.start(plan)
    with pytest.raises(Conflict, match=f"The run {first} of this plan, which carla") as refused:
        room.start(plan)
    assert refused.value.details["executionId"] == first  # type: ignore[call-overload]
    assert [run for run, _ in room.callbacks.started] == [first]
    room.desk.cancel(first, CARLA, "by mistake", cleanup=False)
    assert room.drive(first)["status"] == "CANCELLED"
    assert room.drive(room.start(plan))["status"] == "COMPLETED"
