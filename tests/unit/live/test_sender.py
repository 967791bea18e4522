"""Posts to connections: in parallel, and none waits for another."""

import threading
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from breakwater.live.sender import LEFT_OUT_SECONDS, Sender
from tests.unit.live.conftest import Clock


class Management:
    """API Gateway's side of connections."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str]] = []
        self.closed: list[str] = []
        self.slow: set[str] = set()
        self.gone: set[str] = set()
        self.busy = 0
        self.clock: Clock | None = None
        self.together = threading.Barrier(3, timeout=60)
        self.meet = False

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:  # noqa: N803
        if ConnectionId in self.gone:
            raise ClientError({"Error": {"Code": "GoneException"}}, "PostToConnection")
        if self.clock is not None:
            self.clock.now += 0.9
        if self.busy > 0:
            self.busy -= 1
            raise ClientError({"Error": {"Code": "LimitExceededException"}}, "PostToConnection")
        if ConnectionId in self.slow:
            raise ReadTimeoutError(endpoint_url="https://live.example.com")
        if self.meet:
            self.together.wait()
        self.posts.append((ConnectionId, Data.decode()))

    def delete_connection(self, ConnectionId: str) -> None:  # noqa: N803
        self.closed.append(ConnectionId)


def test_posts_go_out_at_the_same_time_and_each_connection_hears_in_order() -> None:
    management: Any = Management()
    management.meet = True
    assert Sender(management).send({one: ["1", "2"] for one in "abc"}) == []
    for one in "abc":
        assert [text for to, text in management.posts if to == one] == ["1", "2"]


def test_who_is_gone_is_told_and_the_others_hear() -> None:
    management: Any = Management()
    management.gone = {"b"}
    assert Sender(management).send({one: ["1"] for one in "abc"}) == ["b"]
    assert {to for to, _ in management.posts} == {"a", "c"}


def test_a_slow_one_is_left_out_for_some_seconds_and_not_forgotten(clock: Clock) -> None:
    management: Any = Management()
    management.slow = {"b"}
    sender = Sender(management, clock=clock)
    assert sender.send({one: ["1"] for one in "ab"}) == []
    management.slow = set()
    assert sender.send({one: ["2"] for one in "ab"}) == []
    assert ("b", "2") not in management.posts
    clock.now += LEFT_OUT_SECONDS + 1
    sender.send({one: ["3"] for one in "ab"})
    assert ("b", "3") in management.posts


def test_who_takes_each_frame_late_holds_the_others_up_for_two_seconds_at_most(
    clock: Clock,
) -> None:
    management: Any = Management()
    management.clock = clock
    sender = Sender(management, clock=clock)
    assert sender.send({"a": ["1", "2", "3", "4", "5"]}) == []
    assert [text for _, text in management.posts] == ["1", "2", "3"]


def test_what_api_gateway_does_not_take_at_this_moment_is_posted_shortly_after() -> None:
    management: Any = Management()
    management.busy = 3
    pauses: list[float] = []
    assert Sender(management, pause=pauses.append).send({"a": ["1", "2"]}) == []
    assert management.posts == [("a", "1"), ("a", "2")]
    assert len(pauses) == 3


def test_what_api_gateway_takes_no_more_of_is_given_up() -> None:
    management: Any = Management()
    management.busy = 1000
    pauses: list[float] = []
    sender = Sender(management, pause=pauses.append)
    assert sender.send({"a": ["1"]}) == []
    assert sum(pauses) <= 4.0
    assert sender.answer("b", ["1"])


def test_who_has_just_spoken_is_answered_though_it_was_left_out() -> None:
    management: Any = Management()
    management.slow = {"b"}
    sender = Sender(management)
    sender.send({"b": ["1"]})
    management.slow = set()
    assert sender.answer("b", ["2"])
    sender.send({"b": ["3"]})
    assert management.posts == [("b", "2"), ("b", "3")]
    management.gone = {"b"}
    assert not sender.answer("b", ["4"])


def test_who_must_go_hears_why() -> None:
    management: Any = Management()
    Sender(management).end("a", "signInEnded")
    assert management.posts == [("a", '{"type":"bye","reason":"signInEnded"}')]
    assert management.closed == ["a"]
