"""The one loop that reads histories: who is watched, how often, and when it ends."""

import itertools
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from breakwater.live.change_bus import ChangeBus, NotPublished
from breakwater.live.limits import LOG_SECONDS, SUBSCRIPTION_SECONDS
from breakwater.live.subscriptions import Connection
from breakwater.live.tail_pace import (
    CALLS_PER_SECOND,
    QUICKEST,
    SLOWEST,
    EvenCalls,
    next_interval,
)
from breakwater.live.tail_start import TailStart
from breakwater.live.tail_worker import TailWorker
from breakwater.live.tailer import Tailer
from breakwater.live.tails import LEASE_SECONDS, STARTING, Tails
from breakwater.live.topics import id_of_execution, topic_of
from breakwater.timeline.call_budget import GET_HISTORY, share_of
from tests.unit.live.conftest import START, TABLE, Clock, holder
from tests.unit.live.room import Room

ARN = "arn:aws:states:eu-west-1:111122223333:execution:orders:one"
TOPIC = topic_of(id_of_execution(ARN))
BEGAN = datetime.fromtimestamp(START, UTC)


def events(*kinds: str) -> list[dict[str, Any]]:
    """A history of these: one a second, from when the test began."""
    return [
        {
            "id": number,
            "previousEventId": max(0, number - 1) if number > 2 else 0,
            "type": kind.split(":")[0],
            "timestamp": BEGAN + timedelta(seconds=number),
            **(
                {"stateEnteredEventDetails": {"name": kind.split(":")[1]}}
                if "Entered" in kind
                else {"stateExitedEventDetails": {"name": kind.split(":")[1]}}
                if "Exited" in kind
                else {}
            ),
        }
        for number, kind in enumerate(kinds, start=1)
    ]


WHOLE = events(
    "ExecutionStarted",
    "WaitStateEntered:A",
    "WaitStateExited:A",
    "WaitStateEntered:B",
    "WaitStateExited:B",
    "ExecutionSucceeded",
)


class Histories:
    """A history that grows; what is asked is counted."""

    def __init__(self) -> None:
        self.known: list[dict[str, Any]] = []
        self.calls = 0

    def events(self, execution_arn: str, *, payloads: bool = False) -> list[dict[str, Any]]:
        assert not payloads
        self.calls += 1
        return list(self.known)

    def tail(
        self, execution_arn: str, *, after: int, payloads: bool = False
    ) -> list[dict[str, Any]]:
        self.calls += 1
        return [event for event in self.known if event["id"] > after]


class Bus:
    """Takes every event, unless it is too busy."""

    def __init__(self) -> None:
        self.entries: list[Any] = []
        self.busy = False

    def put_events(self, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        if self.busy:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "Slow"} for _ in Entries]}
        self.entries += Entries
        return {"FailedEntryCount": 0, "Entries": [{} for _ in Entries]}


class World:
    """The loop, and time that passes only while it pauses."""

    def __init__(self, dynamodb: Any, clock: Clock) -> None:
        self.clock = clock
        self.room = Room(dynamodb, clock)
        self.tails = Tails(dynamodb, TABLE, clock=clock.moment)
        self.histories = Histories()
        self.bus = Bus()
        self.then: list[tuple[float, Any]] = []

    def worker(self) -> TailWorker:
        return TailWorker(
            self.tails,
            self.room.subscriptions,
            lambda _: self.tailer(),
            clock=self.clock,
            pause=self.pause,
        )

    def pause(self, seconds: float) -> None:
        self.clock.now += seconds
        due = [what for at, what in self.then if at <= self.clock.now]
        self.then = [(at, what) for at, what in self.then if at > self.clock.now]
        for what in due:
            what()

    def after(self, seconds: float, what: Any) -> None:
        self.then.append((self.clock.now + seconds, what))

    def grows(self, upto: int) -> None:
        self.histories.known = WHOLE[:upto]

    def listen(self, **since: int) -> str:
        one = self.room.connect()
        [answer, *missed] = self.room.say(
            one, action="subscribe", topics=[{"topic": TOPIC, **since}]
        )
        assert answer["type"] == "subscribed"
        self.room.network.under_way[one] = missed
        self.cursor = answer["cursor"]
        self.tails.watch(ARN)
        return one

    def tailer(self) -> Tailer:
        return Tailer(
            ARN,
            histories=self.histories,
            log=self.room.log,
            publisher=self.room.publisher,
            bus=ChangeBus(self.bus, "changes"),
        )

    def told(self, connection: str) -> list[tuple[str, str]]:
        return [
            (delta["type"], delta["name"])
            for frame in self.room.network.under_way[connection]
            if frame["type"] == "deltas"
            for delta in frame["deltas"]
        ]


@pytest.fixture
def world(dynamodb: Any, clock: Clock) -> Iterator[World]:
    return World(dynamodb, clock)  # type: ignore[return-value]


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
    world.tails.release("me")  # it is late, and it is not its own
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


def test_no_look_begins_after_the_end(world: World) -> None:
    """Four at a time; each lasts until the function must hand over."""
    for number in range(12):
        arn = f"{ARN}{number:03d}"
        world.room.subscriptions.listen(connection(world), topic_of(id_of_execution(arn)), START)
        world.tails.watch(arn)
    begun: list[str] = []
    handed_over = threading.Event()

    class Looking:
        ended = False

        def __init__(self, arn: str) -> None:
            self.arn = arn

        def look(self, _: datetime) -> bool:
            begun.append(self.arn)
            world.clock.now += 100
            handed_over.wait(timeout=1)
            return False

    make: Any = Looking
    worker = TailWorker(world.tails, world.room.subscriptions, make, clock=world.clock)
    assert worker.run("me", world.clock.now + 60)
    assert len(begun) == 4


def connection(world: World) -> Connection:
    """Somebody who listens to more than one may."""
    return Connection(id=world.room.connect(), holder=holder(world.clock), topics=frozenset())


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


@given(changes=st.lists(st.booleans(), max_size=30), watched=st.integers(1, 500))
def test_looks_are_between_one_and_fifteen_seconds_apart_or_as_the_quota_allows(
    changes: list[bool], watched: int
) -> None:
    interval = QUICKEST
    for changed in changes:
        interval = next_interval(interval, changed=changed, watched=watched)
        assert interval >= max(QUICKEST, watched / CALLS_PER_SECOND)
        assert interval <= max(SLOWEST, watched / CALLS_PER_SECOND)
        if changed:
            assert interval == max(QUICKEST, watched / CALLS_PER_SECOND)


@given(st.lists(st.floats(0, 0.5), max_size=100))
def test_all_tailers_together_stay_below_half_of_the_quota(pauses: list[float]) -> None:
    calls, even, now = [], EvenCalls(), 0.0
    for pause in pauses:
        now += pause
        wait = even.take(now)
        if not wait:
            calls.append(now)
    for first in calls:
        within = [at for at in calls if first <= at < first + 1.0]
        assert len(within) <= share_of(GET_HISTORY).per_second
