"""Posts to connections: in parallel, and none waits for another."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from breakwater.live.frames import Frame
from breakwater.live.sender import AT_ONCE, LEFT_OUT_SECONDS, Sender, Sent
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
        self.fails = 0
        self.stuck = threading.Event()
        self.stuck.set()

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:  # noqa: N803
        if ConnectionId in self.gone:
            raise ClientError({"Error": {"Code": "GoneException"}}, "PostToConnection")
        if self.clock is not None:
            self.clock.now += 0.9
        if self.busy > 0:
            self.busy -= 1
            raise ClientError({"Error": {"Code": "LimitExceededException"}}, "PostToConnection")
        if self.fails > 0:
            self.fails -= 1
            told: Any = {"Error": {"Code": "Oops"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
            raise ClientError(told, "PostToConnection")
        if ConnectionId in self.slow:
            assert self.stuck.wait(timeout=30)
            raise ReadTimeoutError(endpoint_url="https://live.example.com")
        if self.meet:
            self.together.wait()
        self.posts.append((ConnectionId, Data.decode()))

    def heard(self, connection: str) -> list[int]:
        """The cursors of the frames that it took."""
        return [json.loads(text)["cursor"] for to, text in self.posts if to == connection]

    def delete_connection(self, ConnectionId: str) -> None:  # noqa: N803
        self.closed.append(ConnectionId)


def frames(*cursors: int, topic: str = "list") -> list[Frame]:
    return [Frame(topic=topic, cursor=cursor, deltas="[]") for cursor in cursors]


def test_posts_go_out_at_the_same_time_and_each_connection_hears_in_order() -> None:
    management: Any = Management()
    management.meet = True
    assert Sender(management).send({one: frames(1, 2) for one in "abc"}) == Sent()
    for one in "abc":
        assert management.heard(one) == [1, 2]


def test_who_is_gone_is_told_and_the_others_hear() -> None:
    management: Any = Management()
    management.gone = {"b"}
    assert Sender(management).send({one: frames(1) for one in "abc"}) == Sent(gone=["b"])
    assert {to for to, _ in management.posts} == {"a", "c"}


def test_a_slow_one_is_left_out_for_some_seconds_and_told_of_for_each_topic_once(
    clock: Clock,
) -> None:
    management: Any = Management()
    management.slow = {"b"}
    sender = Sender(management, clock=clock, briefly=60)
    both = [*frames(7, 8), *frames(3, topic="other")]
    assert sender.send({"a": both, "b": both}) == Sent(late={"b": {"list": 6, "other": 2}})
    management.slow = set()
    assert sender.send({one: frames(9) for one in "ab"}) == Sent()
    third = frames(5, topic="third")
    assert sender.send({"b": [*frames(10), *third]}) == Sent(late={"b": {"third": 4}})
    assert management.heard("b") == []
    clock.now += LEFT_OUT_SECONDS + 1
    assert sender.send({one: frames(11) for one in "ab"}) == Sent()
    assert management.heard("b") == [11]


def test_who_was_slow_delays_nobody_a_second_time(clock: Clock) -> None:
    """More of them than there are posts at once, and they take nothing for as long as they like."""
    management: Any = Management()
    slow = [f"slow{number}" for number in range(2 * AT_ONCE)]
    management.slow = set(slow)
    with ThreadPoolExecutor(2) as apart:  # nothing is posted any more once this is over
        sender = Sender(management, clock=clock, apart=apart)
        assert set(sender.send({one: frames(1) for one in slow}).late) == set(slow)
        clock.now += LEFT_OUT_SECONDS + 1
        management.stuck.clear()
        try:
            sent = sender.send({one: frames(2) for one in [*slow, "a"]})
            assert set(sent.late) == set(slow)
            assert management.heard("a") == [2]
            assert sender.send({one: frames(3) for one in [*slow, "a"]}) == Sent()
            assert management.heard("a") == [2, 3]
        finally:
            management.stuck.set()


def test_who_takes_each_frame_late_holds_the_others_up_for_two_seconds_at_most(
    clock: Clock,
) -> None:
    management: Any = Management()
    management.clock = clock
    sender = Sender(management, clock=clock)
    assert sender.send({"a": frames(1, 2, 3, 4, 5)}) == Sent(late={"a": {"list": 0}})
    assert management.heard("a") == [1, 2, 3]


def test_what_api_gateway_does_not_take_at_this_moment_is_posted_shortly_after() -> None:
    management: Any = Management()
    management.busy, management.fails = 2, 1
    pauses: list[float] = []
    assert Sender(management, pause=pauses.append).send({"a": frames(1, 2)}) == Sent()
    assert management.heard("a") == [1, 2]
    assert len(pauses) == 3


def test_what_api_gateway_takes_no_more_of_is_given_up() -> None:
    management: Any = Management()
    management.busy = 1000
    pauses: list[float] = []
    sender = Sender(management, pause=pauses.append)
    assert list(sender.send({"a": frames(1)}).late) == ["a"]
    assert sum(pauses) <= 4.0
    assert sender.answer("b", ["1"])


def test_who_has_just_spoken_is_answered_though_it_was_left_out() -> None:
    management: Any = Management()
    management.slow = {"b"}
    sender = Sender(management)
    sender.send({"b": frames(1)})
    management.slow = set()
    assert sender.answer("b", ['{"cursor":2}'])
    sender.send({"b": frames(3)})
    assert management.heard("b") == [2, 3]
    management.gone = {"b"}
    assert not sender.answer("b", ["4"])


def test_who_must_go_hears_why() -> None:
    management: Any = Management()
    Sender(management).end("a", "signInEnded")
    assert management.posts == [("a", '{"type":"bye","reason":"signInEnded"}')]
    assert management.closed == ["a"]
