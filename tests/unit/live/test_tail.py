"""What the one loop that reads histories tells, and to whom."""

import json
from typing import Any

import pytest

from breakwater.live.change_bus import NotPublished
from breakwater.live.limits import LOG_SECONDS, SUBSCRIPTION_SECONDS
from breakwater.live.tail_pace import (
    SLOWEST,
)
from tests.unit.live.conftest import Clock
from tests.unit.live.watched import TOPIC, WHOLE, World, events


@pytest.fixture
def world(dynamodb: Any, clock: Clock) -> World:
    return World(dynamodb, clock)


def test_steps_are_told_as_they_happen_and_the_loop_ends_with_the_execution(world: World) -> None:
    world.grows(2)
    one = world.listen()
    world.after(3, lambda: world.grows(4))
    world.after(6, lambda: world.grows(6))
    assert world.worker().run("me", world.clock.now + 600) is False
    assert world.told(one) == [
        ("stepStarted", "A"),
        ("stepCompleted", "A"),
        ("stepStarted", "B"),
        ("stepCompleted", "B"),
    ]
    assert world.tails.watched() == []
    assert world.tails.claim_start()  # there is no worker any more


def test_many_listeners_cause_the_calls_of_one(world: World) -> None:
    world.grows(2)
    many = [world.listen() for _ in range(30)]
    world.after(4, lambda: world.grows(6))
    world.worker().run("me", world.clock.now + 600)
    assert world.histories.calls <= 8
    assert all(len(world.told(one)) == 3 for one in many)


def test_the_loop_ends_with_the_last_listener(world: World) -> None:
    world.grows(2)
    one = world.listen()
    world.after(20, lambda: world.room.drop(one, told=True))
    began = world.clock.now
    assert world.worker().run("me", began + 600) is False
    assert world.clock.now < began + 20 + SLOWEST + 2
    calls = world.histories.calls
    assert world.worker().run("me", began + 600) is False
    assert world.histories.calls == calls


def test_what_happened_before_anybody_listened_is_not_told(world: World) -> None:
    world.grows(6)
    world.clock.now += 3600
    one = world.listen()
    world.worker().run("me", world.clock.now + 60)
    assert world.told(one) == []


def test_the_next_copy_goes_on_where_the_last_one_stopped(world: World) -> None:
    world.grows(3)
    one = world.listen()
    assert world.worker().run("me", world.clock.now + 5) is True
    assert not world.tails.claim_start()  # the next one is being started
    world.grows(6)
    assert world.worker().run("next", world.clock.now + 60) is False
    assert world.told(one) == [
        ("stepCompleted", "A"),
        ("stepCompleted", "B"),
    ]


def test_what_happened_while_nobody_listened_is_told_to_who_comes_back(world: World) -> None:
    world.grows(2)
    one = world.listen()
    world.after(5, lambda: world.room.drop(one, told=True))
    assert world.worker().run("me", world.clock.now + 600) is False
    last = world.room.log.head(TOPIC)
    assert last is not None
    world.clock.now += 180
    world.grows(6)
    again = world.listen(cursor=last.cursor)
    world.worker().run("me", world.clock.now + 600)
    assert world.told(again) == [("stepCompleted", "A"), ("stepCompleted", "B")]


def test_who_was_away_for_too_long_reads_anew_and_hears_from_then_on(world: World) -> None:
    world.grows(2)
    one = world.listen()
    world.after(5, lambda: world.room.drop(one, told=True))
    world.worker().run("me", world.clock.now + 600)
    world.clock.now += SUBSCRIPTION_SECONDS + LOG_SECONDS + 60
    world.grows(6)
    again = world.room.connect()
    frames = world.room.say(
        again, action="subscribe", topics=[{"topic": TOPIC, "cursor": world.cursor + 1}]
    )
    assert [frame["type"] for frame in frames] == ["subscribed", "reload"]
    world.tailer().look(world.clock.moment())
    assert world.told(again) == []  # what is read anew has it all


def test_of_two_loops_that_overlap_each_step_is_told_once(world: World) -> None:
    one = world.listen()
    late, new = world.tailer(), world.tailer()
    world.grows(2)
    late.look(world.clock.moment())
    world.grows(4)
    new.look(world.clock.moment())
    world.grows(6)
    for _ in range(3):
        late.look(world.clock.moment())
        new.look(world.clock.moment())
    assert world.told(one) == [
        ("stepStarted", "A"),
        ("stepCompleted", "A"),
        ("stepStarted", "B"),
        ("stepCompleted", "B"),
    ]


def test_a_bus_that_is_busy_delays_nobody_else_and_is_told_later(world: World) -> None:
    one = world.listen()
    tailer = world.tailer()
    world.bus.busy = True
    world.grows(2)
    with pytest.raises(NotPublished):
        tailer.look(world.clock.moment())
    world.grows(6)
    world.bus.busy = False
    tailer.look(world.clock.moment())
    assert tailer.ended
    wanted = [("stepStarted", "A"), ("stepCompleted", "A"), ("stepCompleted", "B")]
    assert world.told(one) == wanted
    told = [json.loads(entry["Detail"]) for entry in world.bus.entries]
    assert [(delta["type"], delta["name"]) for delta in told] == wanted


def test_too_much_at_once_is_told_as_one_reload(world: World) -> None:
    one = world.listen()
    states = [kind for number in range(2000) for kind in (f"WaitStateEntered:{number:080d}",)]
    world.histories.known = events("ExecutionStarted", *states)
    tailer = world.tailer()
    tailer.look(world.clock.moment())
    [frame] = world.room.network.under_way[one]
    assert (frame["type"], frame["cursor"]) == ("reload", world.cursor + 1)
    # Who did not hear it, misses it for good.
    assert world.room.log.missed(TOPIC, world.cursor, frame["cursor"]) is None
    world.histories.known += [{**WHOLE[4], "id": 2002, "previousEventId": 2001}]
    world.histories.known[-1]["stateExitedEventDetails"] = {"name": f"{1999:080d}"}
    tailer.look(world.clock.moment())
    [_, after] = world.room.network.under_way[one]
    assert (after["after"], after["deltas"][0]["type"]) == (frame["cursor"], "stepCompleted")
