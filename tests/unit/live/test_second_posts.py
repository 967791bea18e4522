"""Who took no frames in time gets them some seconds later, or is sent away to fetch them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from breakwater.live.second_call import SecondCall
from breakwater.live.second_posts import PAUSE_SECONDS, TOO_SLOW, SecondPosts, read, written
from breakwater.live.sender import LEFT_OUT_SECONDS
from breakwater.live.topic_head import Change
from tests.unit.live.conftest import Clock
from tests.unit.live.room import Room

TOPIC = "workflow:custom.test.1"


@pytest.fixture
def room(dynamodb: Any, clock: Clock) -> Room:
    return Room(dynamodb, clock)


def publish(room: Room, *numbers: int) -> None:
    for number in numbers:
        change = Change(id=f"{number}", deltas=[{"type": "stepStarted", "number": number}])
        assert not room.publisher.publish({TOPIC: [change]})


def listening(room: Room) -> str:
    connection = room.connect()
    room.say(connection, action="subscribe", topics=[{"topic": TOPIC}])
    return connection


def numbers(room: Room, connection: str) -> list[int]:
    return [
        delta["number"] for frame in room.network.under_way[connection] for delta in frame["deltas"]
    ]


def posts(room: Room, pause: Any) -> SecondPosts:
    sender: Any = room.network
    return SecondPosts(room.log, room.subscriptions, sender, pause=pause)


def test_what_did_not_reach_a_client_reaches_it_some_seconds_later(room: Room) -> None:
    slow, quick = listening(room), listening(room)
    room.network.slow = {slow}
    publish(room, 1)
    [late] = room.again.late

    def meanwhile(seconds: float) -> None:
        assert seconds > LEFT_OUT_SECONDS  # from then on everybody posts to it again
        publish(room, 2)
        room.network.slow = set()

    assert posts(room, meanwhile).serve(late) == {"taken": 1, "gone": 0, "sentAway": 0}
    assert numbers(room, slow) == numbers(room, quick) == [1, 2]


def test_who_takes_nothing_even_then_is_sent_away(room: Room) -> None:
    slow = listening(room)
    room.network.slow = {slow}
    publish(room, 1)
    pauses: list[float] = []
    done = posts(room, pauses.append).serve(room.again.late[0])
    assert done == {"taken": 0, "gone": 0, "sentAway": 1}
    assert room.network.ended == {slow: TOO_SLOW}
    assert pauses == [PAUSE_SECONDS] * 2


def test_who_is_gone_meanwhile_is_forgotten(room: Room, clock: Clock) -> None:
    slow = listening(room)
    room.network.slow = {slow}
    publish(room, 1)
    room.network.slow = set()
    room.drop(slow, told=False)
    done = posts(room, lambda _: None).serve(room.again.late[0])
    assert done == {"taken": 0, "gone": 1, "sentAway": 0}
    assert room.subscriptions.listeners(TOPIC, clock.now) == []


def test_who_lacks_what_is_not_kept_any_more_reads_anew(room: Room, clock: Clock) -> None:
    slow = listening(room)
    room.network.slow = {slow}
    publish(room, 1)
    room.network.slow = set()
    clock.now += 620
    done = posts(room, lambda _: None).serve(room.again.late[0])
    assert done["taken"] == 1
    assert [frame["type"] for frame in room.network.under_way[slow]] == ["reload"]


def test_a_call_says_it_all_and_one_that_fails_fails_nobody_else() -> None:
    late = {f"c{number}": {"list": 6, TOPIC: number} for number in range(600)}
    calls: list[dict[str, Any]] = []

    class Functions:
        def invoke(self, **call: Any) -> None:
            calls.append(call)
            if len(calls) == 1:
                raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")

    SecondCall(Functions(), "again").post_again(late)
    assert {(call["FunctionName"], call["InvocationType"]) for call in calls} == {
        ("again", "Event")
    }
    assert all(len(call["Payload"]) < 256_000 for call in calls)
    told = [read(json.loads(call["Payload"])["late"]) for call in calls]
    assert {one: topics for part in told for one, topics in part.items()} == late
    assert read(written(late)) == late
