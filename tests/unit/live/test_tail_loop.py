"""One loop at a time: who starts it, how long it lives, and which looks come first."""

import itertools
import threading
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from breakwater.live.tail_start import TailStart
from breakwater.live.tail_worker import TailWorker
from breakwater.live.tails import LEASE_SECONDS, STARTING
from breakwater.live.topics import id_of_execution, topic_of
from tests.unit.live.conftest import START, TABLE, Clock
from tests.unit.live.watched import ARN, World, connection


@pytest.fixture
def world(dynamodb: Any, clock: Clock) -> World:
    return World(dynamodb, clock)


def test_there_is_one_worker_at_a_time(world: World) -> None:
    world.listen()
    assert world.tails.claim_start()
    assert not world.tails.claim_start()
    assert world.tails.take_lock("me")
    assert not world.tails.take_lock("you")
    assert world.worker().run("you", world.clock.now + 60) is False
    world.clock.now += LEASE_SECONDS + 1  # it died
    assert world.tails.claim_start()
    assert world.tails.take_lock("you")
    assert not world.tails.take_lock("me")
    assert not world.tails.hand_over("me")  # it is late, and it is not its own
    world.tails.release("me")
    assert not world.tails.take_lock("another")


def test_a_look_that_lasts_long_does_not_lose_the_lease(world: World) -> None:
    world.listen()
    world.grows(6)
    renewed = threading.Event()
    take, events_of = world.tails.take_lock, world.histories.events

    def take_lock(owner: str) -> bool:
        held = take(owner)
        if world.clock.now > START + LEASE_SECONDS / 2:
            renewed.set()
        return held

    def events(*how: Any, **more: Any) -> list[dict[str, Any]]:
        world.clock.now += LEASE_SECONDS - 1
        assert renewed.wait(timeout=30)
        world.clock.now += 2
        assert not world.tails.claim_start()  # nobody else takes it for dead
        return events_of(*how, **more)

    world.tails.take_lock = take_lock  # type: ignore[method-assign]
    world.histories.events = events  # type: ignore[method-assign]
    assert world.worker().run("me", world.clock.now + 60) is False
    assert world.histories.calls


def test_of_many_that_are_due_those_that_waited_longest_come_first(world: World) -> None:
    """A round is short, so that the end of a function never comes in the middle of one."""
    arns = [f"{ARN}{number:03d}" for number in range(40)]
    for arn in arns:
        world.room.subscriptions.listen(connection(world), topic_of(id_of_execution(arn)), START)
        world.tails.watch(arn)
    looked: list[str] = []
    rounds: list[int] = []

    class Looking:
        ended = False

        def __init__(self, arn: str) -> None:
            self.arn = arn

        def look(self, _: datetime) -> bool:
            looked.append(self.arn)
            return False

    def pause(seconds: float) -> None:
        rounds.append(len(looked))
        world.clock.now += seconds

    make: Any = Looking
    worker = TailWorker(world.tails, world.room.subscriptions, make, clock=world.clock, pause=pause)
    worker.run("me", world.clock.now + 4)
    assert max(after - before for before, after in itertools.pairwise([0, *rounds])) <= 16
    assert sorted(looked[:40]) == arns


def test_no_look_begins_after_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four at a time; each lasts until the function must hand over."""
    for number in range(12):
        arn = f"{ARN}{number:03d}"
        world.room.subscriptions.listen(connection(world), topic_of(id_of_execution(arn)), START)
        world.tails.watch(arn)
    begun: list[str] = []
    asked: list[Future[None]] = []
    given_up = threading.Event()

    class Looking:
        ended = False

        def __init__(self, arn: str) -> None:
            self.arn = arn

        def look(self, _: datetime) -> bool:
            begun.append(self.arn)
            if len(begun) == 4:
                world.clock.now += 100
            assert given_up.wait(timeout=60)
            return False

    make: Any = Looking
    worker = TailWorker(world.tails, world.room.subscriptions, make, clock=world.clock)
    submit = worker._pool.submit

    def ended(it: Future[None]) -> None:
        if it.cancelled():
            given_up.set()

    def submitted(*how: Any) -> Future[None]:
        future = submit(*how)
        future.add_done_callback(ended)
        asked.append(future)
        return future

    monkeypatch.setattr(worker._pool, "submit", submitted)
    assert worker.run("me", world.clock.now + 60)
    assert (len(asked), len(begun)) == (12, 4)


def test_an_execution_that_is_added_while_the_worker_goes_is_seen(world: World) -> None:
    """Whoever adds it looks for a worker after; the worker looks for work after it has gone."""
    world.grows(2)
    released = world.tails.release

    def release(owner: str) -> None:
        released(owner)
        world.tails.release = released  # type: ignore[method-assign]
        world.listen()
        world.grows(6)

    world.tails.release = release  # type: ignore[method-assign]
    world.worker().run("me", world.clock.now + 60)
    assert world.histories.calls > 0


def test_one_is_started_for_many_that_ask(world: World) -> None:
    invoked = []

    class Lambda:
        def invoke(self, **how: Any) -> None:
            invoked.append(how)

    start = TailStart(Lambda(), "tail", world.tails)
    for _ in range(5):
        start.watch(ARN)
    assert invoked == [{"FunctionName": "tail", "InvocationType": "Event"}]
    assert STARTING


def test_who_could_not_start_it_lets_the_next_one_try(world: World) -> None:
    class Lambda:
        def invoke(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")

    with pytest.raises(ClientError):
        TailStart(Lambda(), "tail", world.tails).watch(ARN)
    assert world.tails.claim_start()


def test_whoever_listens_again_keeps_the_tail(world: World) -> None:
    world.tails.watch(ARN)
    [before] = world.tails.watched()
    world.clock.now += 1
    world.tails.watch(ARN)
    assert world.tails.let_go(before) is False
    [after] = world.tails.watched()
    assert world.tails.let_go(after) is True


def test_what_its_log_tells_is_not_read(world: World) -> None:
    world.grows(2)
    world.listen()
    world.tails.pushed(ARN, world.clock.now + 50)
    world.worker().run("me", world.clock.now + 40)
    assert world.histories.calls == 0


def test_a_log_of_what_nobody_watches_leaves_nothing_behind(world: World) -> None:
    world.tails.pushed(ARN, world.clock.now + 50)
    assert world.room.dynamodb.scan(TableName=TABLE)["Count"] == 0
