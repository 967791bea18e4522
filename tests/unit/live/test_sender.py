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
        self.together = threading.Barrier(3, timeout=5)
        self.meet = False

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:  # noqa: N803
        if ConnectionId in self.gone:
            raise ClientError({"Error": {"Code": "GoneException"}}, "PostToConnection")
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


def test_who_must_go_hears_why() -> None:
    management: Any = Management()
    Sender(management).end("a", "signInEnded")
    assert management.posts == [("a", '{"type":"bye","reason":"signInEnded"}')]
    assert management.closed == ["a"]
