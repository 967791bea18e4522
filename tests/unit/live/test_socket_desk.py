"""What clients say on a socket, and what they are told."""

import json
from typing import Any

import pytest

from breakwater.live.limits import (
    LOG_SECONDS,
    MOST_FRAMES_AGAIN,
    MOST_TOPICS,
    SUBSCRIPTION_SECONDS,
)
from breakwater.live.ticket_store import TicketStore
from breakwater.live.topic_head import Change
from breakwater.live.topics import id_of_execution
from tests.unit.live.conftest import TABLE, Clock, forget_expired, holder
from tests.unit.live.room import Room

STATES = "arn:aws:states:eu-west-1:111122223333:execution:orders"
RUNS = f"workflow:{id_of_execution(f'{STATES}:runs')}"
OVER = f"workflow:{id_of_execution(f'{STATES}:ended')}"


@pytest.fixture
def room(dynamodb: Any, clock: Clock) -> Room:
    return Room(dynamodb, clock)


def subscribe(room: Room, connection: str, *topics: str) -> list[dict[str, Any]]:
    return room.say(connection, action="subscribe", topics=[{"topic": one} for one in topics])


def test_the_steps_of_what_still_runs_are_read_and_of_nothing_else(room: Room) -> None:
    one = room.connect()
    subscribe(room, one, "list", RUNS, OVER, "workflow:custom.a.b")
    assert room.tails.watched == [f"{STATES}:runs"]
    room.say(one, action="ping", cursors={})  # it may have been redriven, or lost its reader
    assert room.tails.watched == [f"{STATES}:runs"] * 2


def test_the_last_steps_of_what_ended_meanwhile_are_read_for_who_comes_back(room: Room) -> None:
    one = room.connect()
    room.say(one, action="subscribe", topics=[{"topic": OVER, "cursor": 1}])
    assert room.tails.watched == [f"{STATES}:ended"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "badFrame"),
        ("[]", "badFrame"),
        ("[" * 5000, "badFrame"),
        ('"' + "x" * 9000 + '"', "badFrame"),
        ("{}", "unknownAction"),
        ('{"action": "subscribe"}', "badFrame"),
        ('{"action": "subscribe", "topics": []}', "badFrame"),
        ('{"action": "subscribe", "topics": ["list"]}', "badFrame"),
        ('{"action": "subscribe", "topics": [{"topic": "tails"}]}', "unknownTopic"),
        ('{"action": "subscribe", "topics": [{"topic": "list", "cursor": "1"}]}', "badFrame"),
        ('{"action": "subscribe", "topics": [{"topic": "list", "cursor": true}]}', "badFrame"),
        ('{"action": "subscribe", "topics": [{"topic": "list", "cursor": -1}]}', "badFrame"),
        ('{"action": "ping", "cursors": []}', "pong"),
        ('{"action": "ping", "cursors": [1]}', "badFrame"),
    ],
)
def test_a_frame_that_is_not_understood_is_answered_and_changes_nothing(
    room: Room, frame: str, code: str
) -> None:
    one = room.connect()
    room.desk.said(one, frame)
    [answer] = room.network.under_way[one]
    assert answer.get("code", answer["type"]) == code
    connection = room.subscriptions.connection(one)
    assert connection is not None
    assert not connection.topics


def test_one_topic_too_many_is_refused_and_the_others_stay(room: Room) -> None:
    one = room.connect()
    names = [f"workflow:custom.a.{number}" for number in range(MOST_TOPICS)]
    for start in range(0, MOST_TOPICS, 10):
        told = subscribe(room, one, *names[start : start + 10])
        assert {answer["type"] for answer in told} == {"subscribed"}
    [refused] = subscribe(room, one, "list")
    assert (refused["code"], refused["topic"]) == ("tooManyTopics", "list")
    assert subscribe(room, one, names[0])[0]["type"] == "subscribed"
    room.say(one, action="unsubscribe", topics=[names[0]])
    assert subscribe(room, one, "list")[0]["type"] == "subscribed"


def test_whose_sign_in_has_ended_hears_no_more(room: Room, clock: Clock) -> None:
    one = room.connect(signed_in_seconds=100.0)
    subscribe(room, one, "list")
    clock.now += 101
    change = Change(id="1", deltas=[{"type": "workflowStarted"}])
    room.publisher.publish({"list": [change]})
    assert room.network.under_way[one] == []
    room.desk.said(one, json.dumps({"action": "ping"}))
    assert room.network.ended == {one: "signInEnded"}


def test_whom_nobody_knows_is_told_to_go(room: Room) -> None:
    room.network.under_way["c9"] = []
    room.desk.said("c9", json.dumps({"action": "ping"}))
    assert room.network.ended == {"c9": "unknownConnection"}


def test_a_connection_whose_end_nobody_told_is_forgotten(room: Room, clock: Clock) -> None:
    one = room.connect()
    subscribe(room, one, "list")
    assert room.subscriptions.listeners("list", clock.now) == [one]
    clock.now += SUBSCRIPTION_SECONDS + 1
    assert room.subscriptions.listeners("list", clock.now) == []
    forget_expired(room.dynamodb, clock.now)
    assert room.subscriptions.connection(one) is None


def test_what_is_said_while_a_connection_ends_leaves_nothing_behind(room: Room) -> None:
    one = room.connect()
    subscribe(room, one, "list")
    known = room.subscriptions.connection(one)
    assert known is not None
    room.drop(one, told=True)
    room.subscriptions.renew(known, room.clock.now)
    room.subscriptions.unlisten(one, "list")
    [head] = room.dynamodb.scan(TableName=TABLE)["Items"]
    assert head["entry"] == {"S": "HEAD"}


def test_a_ping_keeps_it(room: Room, clock: Clock) -> None:
    one = room.connect()
    subscribe(room, one, "list")
    for _ in range(5):
        clock.now += 240
        assert room.say(one, action="ping", cursors={})[-1]["type"] == "pong"
    assert room.subscriptions.listeners("list", clock.now) == [one]


def test_a_ticket_is_good_once_and_for_a_minute(dynamodb: Any, clock: Clock) -> None:
    store = TicketStore(dynamodb, TABLE)
    secret = store.give(holder(clock))
    [kept] = dynamodb.scan(TableName=TABLE)["Items"]
    assert secret not in json.dumps(kept)
    assert store.take("another", clock.now) is None
    taken = store.take(secret, clock.now + 59)
    assert taken is not None
    assert taken.roles == holder(clock).roles
    assert store.take(secret, clock.now) is None
    assert store.take(store.give(holder(clock)), clock.now + 61) is None
    assert store.take(store.give(holder(clock, signed_in_seconds=5)), clock.now + 6) is None


def test_a_client_connects_anew_before_its_sign_in_ends_and_before_two_hours(clock: Clock) -> None:
    assert holder(clock, signed_in_seconds=3600).reconnect_seconds(clock.now) == 3540
    assert holder(clock, signed_in_seconds=86_400).reconnect_seconds(clock.now) == 6600
    assert holder(clock, signed_in_seconds=30).reconnect_seconds(clock.now) == 15


def test_what_is_older_than_ten_minutes_is_read_anew_even_while_it_is_still_there(
    room: Room, clock: Clock
) -> None:
    """DynamoDB deletes what has expired when it likes."""
    one = room.connect()
    [answer] = subscribe(room, one, "list")
    room.publisher.publish({"list": [Change(id="1", deltas=[{"type": "workflowStarted"}])]})
    clock.now += LOG_SECONDS - 1
    wanted = [{"topic": "list", "cursor": answer["cursor"]}]
    told = [frame["type"] for frame in room.say(one, action="subscribe", topics=wanted)]
    assert told == ["deltas", "subscribed", "deltas"]
    clock.now += 2
    told = [frame["type"] for frame in room.say(one, action="subscribe", topics=wanted)]
    assert told == ["subscribed", "reload"]


def test_a_cursor_from_long_ago_or_made_up_costs_nothing(room: Room) -> None:
    one = room.connect()
    [answer] = subscribe(room, one, "list")
    for number in range(3):
        change = Change(id=str(number), deltas=[{"type": "workflowStarted"}])
        room.publisher.publish({"list": [change]})
    room.network.under_way[one] = []
    asked: list[Any] = []
    room.dynamodb.meta.events.register("before-call.dynamodb.Query", lambda **_: asked.append(1))
    for cursor in (0, answer["cursor"] + 3 - MOST_FRAMES_AGAIN - 1, answer["cursor"] + 4):
        wanted = [{"topic": "list", "cursor": cursor}]
        told = room.say(one, action="subscribe", topics=wanted)
        assert told[1:] == [{"type": "reload", "topic": "list", "cursor": answer["cursor"] + 3}]
    assert not asked
