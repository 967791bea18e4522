"""Whatever connects, drops, resumes and subscribes: each client sees each delta of its topics once
and in order, or is told to read anew.
"""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakwater.live.second_posts import SecondPosts
from breakwater.live.topic_head import Change
from tests.examples import examples
from tests.unit.live.conftest import Clock, forget_expired
from tests.unit.live.room import Client, Room

TOPICS = itertools.count(1)
CLIENTS = 3
FLOOD = 21
"""Long deltas: more frames than go into a transaction."""

who = st.integers(0, CLIENTS - 1)
ACTIONS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 3)),
    st.tuples(st.just("publish"), st.just(FLOOD)),
    st.tuples(st.just("again"), st.none()),
    st.tuples(st.just("connect"), who),
    st.tuples(st.just("ping"), who),
    st.tuples(st.just("fill"), who),
    st.tuples(st.just("slow"), st.tuples(who, st.booleans())),
    st.tuples(st.just("post again"), st.none()),
    st.tuples(st.just("drop"), st.tuples(who, st.booleans())),
    st.tuples(st.just("receive"), st.tuples(who, st.integers(0, 5), st.booleans())),
    st.tuples(
        st.just("wait"),
        st.tuples(st.sampled_from([1.0, 30.0, 400.0, 700.0, 1500.0]), st.booleans()),
    ),
)


class World:
    """One topic, its clients, and what was published there."""

    def __init__(self, dynamodb: Any, clock: Clock) -> None:
        self.room = Room(dynamodb, clock)
        self.topic = f"workflow:custom.test.{next(TOPICS)}"
        self.clients = [Client(self.room, self.topic) for _ in range(CLIENTS)]
        self.published = 0
        self.last: list[Change] = []

    def publish(self, count: int) -> None:
        self.last = []
        padding = "x" * 13_000 if count == FLOOD else ""
        for _ in range(count):
            self.published += 1
            delta = {"type": "stepStarted", "number": self.published, "name": padding}
            self.last.append(Change(id=f"{self.topic}#{self.published}", deltas=[delta]))
        self.tell()

    def tell(self) -> None:
        """Also once more: streams bring the same record again."""
        if self.last:
            assert not self.room.publisher.publish({self.topic: self.last})

    def do(self, what: str, how: Any) -> None:
        match what:
            case "publish":
                self.publish(how)
            case "again":
                self.tell()
            case "connect":
                self.clients[how].connect()
            case "ping":
                self.clients[how].ping()
            case "fill":
                self.clients[how].fill_gaps()
            case "wait":
                self.wait(*how)
            case _:
                self.do_on_the_network(what, how)

    def do_on_the_network(self, what: str, how: Any) -> None:
        match what:
            case "slow":
                self.slow(*how)
            case "post again":
                self.post_again()
            case "drop":
                self.clients[how[0]].drop(told=how[1])
            case "receive":
                one, position, lost = how
                self.clients[one].receive(position, self.published, lost=lost)

    def slow(self, one: int, is_slow: bool) -> None:
        connection = self.clients[one].connection
        if connection is not None:
            (self.room.network.slow.add if is_slow else self.room.network.slow.discard)(connection)

    def post_again(self) -> None:
        """What was late: to who is slow even then in vain, and it must come back."""
        sender: Any = self.room.network
        posts = SecondPosts(
            self.room.log, self.room.subscriptions, sender, pause=lambda _seconds: None
        )
        for late in self.room.again.late:
            posts.serve(late)
        self.room.again.late.clear()

    def wait(self, seconds: float, forgets: bool) -> None:
        self.room.clock.now += seconds
        if forgets:  # DynamoDB may take its time
            forget_expired(self.room.dynamodb, self.room.clock.now)

    def comes_to_rest(self) -> None:
        """Everybody is there, and nothing is lost any more."""
        self.room.network.slow.clear()
        self.post_again()
        for client in self.clients:
            for _ in range(4):
                client.connect()
                client.ping()
                client.fill_gaps()
                while self.room.network.under_way.get(client.connection or ""):
                    client.receive(0, self.published)

    def require_order(self) -> None:
        for client in self.clients:
            if client.seen:
                assert client.read is not None
                first = client.seen[0]
                assert first <= client.read + 1, "something is missing after what was read"
                assert client.seen == list(range(first, first + len(client.seen)))

    def require_everything(self) -> None:
        for client in self.clients:
            assert client.read is not None
            assert max([client.read, *client.seen]) == self.published


@pytest.fixture
def world(dynamodb: Any, clock: Clock) -> World:
    return World(dynamodb, clock)


@pytest.mark.thorough
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(actions=st.lists(ACTIONS, max_size=30))
def test_each_client_sees_each_delta_once_and_in_order_or_reads_anew(
    dynamodb: Any, clock: Clock, actions: list[tuple[str, Any]]
) -> None:
    world = World(dynamodb, clock)
    for what, how in actions:
        world.do(what, how)
        world.require_order()
    world.comes_to_rest()
    world.require_order()
    world.require_everything()


def test_what_was_missed_comes_in_order_and_once(world: World) -> None:
    [client, *_] = world.clients
    client.connect()
    world.comes_to_rest()
    world.publish(2)
    world.comes_to_rest()
    client.drop(told=False)
    for _ in range(3):
        world.publish(1)
    world.comes_to_rest()
    assert (client.read, client.seen) == (0, [1, 2, 3, 4, 5])


def test_after_ten_minutes_away_everything_is_read_anew(world: World) -> None:
    [client, *_] = world.clients
    client.connect()
    world.comes_to_rest()
    for one in world.clients:
        one.drop(told=True)
    world.publish(1)
    world.wait(1500.0, True)
    world.publish(2)
    world.comes_to_rest()
    assert (client.read, client.seen) == (3, [])


def test_the_property_notices_a_frame_that_is_lost_for_good(world: World) -> None:
    """So that the test above is known to be awake."""
    [client, *_] = world.clients
    client.connect()
    client.receive(0, 0)
    world.publish(1)
    client.receive(0, 1, lost=True)
    with pytest.raises(AssertionError):
        world.require_everything()
