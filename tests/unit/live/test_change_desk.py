"""A batch of records: whoever listens, then other systems; no record's trouble is another's."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from breakwater.live.change_bus import ChangeBus, NotPublished
from breakwater.live.change_desk import ChangeDesk
from breakwater.live.changes import ChangeReader, NotAChange
from breakwater.live.topics import id_of_execution, topic_of
from tests.unit.live.conftest import Clock
from tests.unit.live.records import of_index
from tests.unit.live.room import Room
from tests.unit.live.test_changes import ROW


class Bus:
    """Takes events, but not those of which the text is refused; breaks when it is told to."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.refused = "nothing"
        self.breaks = False

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert 1 <= len(Entries) <= 10
        if self.breaks:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutEvents")
        bad = [self.refused in entry["Detail"] for entry in Entries]
        self.taken += [
            json.loads(entry["Detail"]) for entry, is_bad in zip(Entries, bad, strict=True)
            if not is_bad
        ]  # fmt: skip
        return {
            "FailedEntryCount": sum(bad),
            "Entries": [{"ErrorCode": "Odd"} if one else {"EventId": "1"} for one in bad],
        }


class World:
    """A desk, somebody who listens to the list, and a bus."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.bus = Bus()
        self.desk = ChangeDesk(
            reader=ChangeReader(),
            log=room.log,
            publisher=room.publisher,
            bus=ChangeBus(self.bus, "changes"),
            watching=room.tails,
        )
        self.listener = room.connect()
        room.say(self.listener, action="subscribe", topics=[{"topic": "list"}])

    @property
    def heard(self) -> list[str]:
        """The names of executions, as the listener heard of them."""
        return [
            delta["name"]
            for frame in self.room.network.under_way[self.listener]
            for delta in frame["deltas"]
            if "name" in delta
        ]


@pytest.fixture
def world(dynamodb: Any, clock: Clock) -> World:
    return World(Room(dynamodb, clock))


def begun(name: str) -> dict[str, Any]:
    """A record: an execution of this name has begun."""
    return of_index(None, {**ROW, "executionArn": f"arn:{name}", "executionName": name})


def test_a_bad_record_is_named_and_its_neighbours_are_told(world: World) -> None:
    bytes_in_it = of_index(None, {**ROW, "executionName": "x"})
    bytes_in_it["dynamodb"]["NewImage"]["executionName"] = {"B": b"\xff"}
    done = world.desk.tell([begun("a"), {"eventID": "1"}, begun("b"), bytes_in_it, begun("c")])
    assert {position: type(error) for position, error in done.failed.items()} == {
        1: NotAChange,
        3: NotAChange,
    }
    assert world.heard == [one["name"] for one in world.bus.taken] == ["a", "b", "c"]
    assert done.deltas == 3


def test_what_the_bus_refuses_is_named_alone_and_listeners_hear_all(world: World) -> None:
    world.bus.refused = '"name": "n11"'
    names = [f"n{number:02d}" for number in range(25)]
    done = world.desk.tell([begun(name) for name in names])
    assert {position: type(error) for position, error in done.failed.items()} == {11: NotPublished}
    assert "Odd" in str(done.failed[11])
    assert world.heard == names
    assert [one["name"] for one in world.bus.taken] == [*names[:11], *names[12:]]


def test_a_bus_that_is_away_is_a_reason_and_no_end(world: World) -> None:
    world.bus.breaks = True
    done = world.desk.tell([begun("a"), begun("b")])
    assert list(done.failed) == [0, 1]
    assert "Throttling" in str(done.failed[0])
    assert world.heard == ["a", "b"]


def test_a_topic_that_could_not_be_told_is_named_for_each_of_its_records(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = world.room.log.publish

    def publish(topic: str, *how: Any, **more: Any) -> Any:
        if topic != "list":
            raise ValueError("full")
        return write(topic, *how, **more)

    monkeypatch.setattr(world.room.log, "publish", publish)
    done = world.desk.tell([begun("a"), {"eventID": "1"}, begun("b")])
    assert list(done.failed) == [1, 0, 2]
    assert world.heard == ["a", "b"]
    assert [one["workflowId"] for one in world.bus.taken] == [
        id_of_execution("arn:a"),
        id_of_execution("arn:b"),
    ]


def test_who_missed_what_could_not_be_told_reads_anew_with_the_next_change(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(world.room.log, "publish", lambda *_, **__: 1 / 0)
        assert list(world.desk.tell([begun("a")]).failed) == [0]
    world.desk.tell([begun("b")])
    [frame] = world.room.network.under_way[world.listener]
    assert frame["type"] == "reload"
    world.desk.tell([begun("c")])
    [_, next_one] = world.room.network.under_way[world.listener]
    assert (next_one["after"], next_one["deltas"][0]["name"]) == (frame["cursor"], "c")


def test_what_is_redriven_is_read_again_at_once_where_somebody_listens(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tail had ended with it; the next ping would be a minute away."""
    ended = {**ROW, "status": "FAILED", "stopDate": ROW["startDate"], "redriveCount": 0}
    again = of_index(ended, {**ROW, "redriveCount": 1})
    world.desk.tell([again])
    assert world.room.tails.watched == []
    topic = topic_of(id_of_execution(ROW["executionArn"]))
    world.room.say(world.listener, action="subscribe", topics=[{"topic": topic}])
    world.room.tails.watched.clear()
    world.desk.tell([begun("a"), of_index(ROW, ended)])
    assert world.room.tails.watched == []
    again["eventID"] = "again"
    world.desk.tell([again])
    assert world.room.tails.watched == [ROW["executionArn"]]
    monkeypatch.setattr(world.room.tails, "watch", lambda _arn: 1 / 0)
    again["eventID"] = "once more"
    done = world.desk.tell([begun("b"), again, begun("c")])
    assert list(done.failed) == [1]
    assert [name for name in world.heard if name in {"b", "c"}] == ["b", "c"]


def test_a_batch_that_comes_again_is_heard_once(world: World) -> None:
    batch = [begun("a"), begun("b")]
    for _ in range(3):
        world.desk.tell(batch)
    world.desk.tell([*batch, begun("c")])
    cursors = {
        frame["cursor"]: frame["deltas"] for frame in world.room.network.under_way[world.listener]
    }
    assert [d["name"] for deltas in cursors.values() for d in deltas] == ["a", "b", "c"]
