"""A client of live updates, against a server on this machine that does odd things."""

import contextlib
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.sync.server import Server, ServerConnection, serve

from breakwater.live.client import LiveClient, NotAllowed, SignInEnded
from breakwater.live.ticket_request import NoAnswer
from tests.unit.live.conftest import Clock

Says = Callable[[ServerConnection], Any]


@contextlib.contextmanager
def server(*each: Says) -> Iterator[str]:
    """What it does on its first connection, its second, …; on later ones as on the last."""
    number = itertools.count()

    def handle(socket: ServerConnection) -> None:
        with contextlib.suppress(Exception):
            each[min(next(number), len(each) - 1)](socket)

    running: Server = serve(handle, "127.0.0.1", 0)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{running.socket.getsockname()[1]}"
    finally:
        running.shutdown()
        thread.join(timeout=60)


class Client(LiveClient):
    """Somebody who listens to the list, with patience in a test's hands."""

    def __init__(self, url: str, *, ends: float = 3000.0, clock: Clock | None = None) -> None:
        self.pauses: list[float] = []
        self.said: list[str] = []
        self.tickets = 0
        self.away = 0
        self.url = url
        self.ends = ends
        super().__init__(
            ["list"],
            self.ask,
            clock=clock or Clock(),
            pause=self.pauses.append,
            tell=self.said.append,
        )

    def ask(self) -> dict[str, Any]:
        self.tickets += 1
        if self.away:
            self.away -= 1
            raise NoAnswer("nobody there")
        return {
            "ticket": str(self.tickets),
            "url": self.url,
            "pingSeconds": 240,
            "reconnectSeconds": self.ends,
        }

    def numbers(self, count: int) -> list[int]:
        """Of the deltas that come, so many."""
        found: list[int] = []
        for received in self.received():
            found += [delta["n"] for delta in received.deltas] if received else []
            if len(found) >= count:
                return found
        raise AssertionError("it never ends by itself")


def say(socket: ServerConnection, *frames: dict[str, Any]) -> None:
    for frame in frames:
        socket.send(json.dumps(frame))


def subscribed(socket: ServerConnection, cursor: int = 0) -> dict[str, Any]:
    """What was asked, and the answer to it."""
    asked: dict[str, Any] = json.loads(socket.recv(timeout=30))
    say(socket, {"type": "subscribed", "topic": "list", "cursor": cursor})
    return asked


def delta(cursor: int) -> dict[str, Any]:
    return {
        "type": "deltas",
        "topic": "list",
        "after": cursor - 1,
        "cursor": cursor,
        "deltas": [{"n": cursor}],
    }


def stays(socket: ServerConnection) -> None:
    with contextlib.suppress(Exception):
        socket.recv(timeout=60)


def test_what_api_gateway_says_itself_ends_nothing() -> None:
    def says(socket: ServerConnection) -> None:
        subscribed(socket)
        say(socket, {"message": "Internal server error", "connectionId": "c", "requestId": "r"})
        socket.send("no json")
        socket.send("[1]")
        say(socket, delta(1))
        stays(socket)

    with server(says) as url:
        assert Client(url).numbers(1) == [1]


def test_a_connection_that_is_lost_is_made_anew_from_where_it_was() -> None:
    wanted: list[Any] = []

    def first(socket: ServerConnection) -> None:
        subscribed(socket)
        say(socket, delta(1))

    def second(socket: ServerConnection) -> None:
        wanted.append(subscribed(socket, 2)["topics"])
        say(socket, delta(1), delta(2))
        stays(socket)

    with server(first, second) as url:
        client = Client(url)
        assert client.numbers(2) == [1, 2]
    assert wanted == [[{"topic": "list", "cursor": 1}]]
    assert client.said[-1] == "listening again"
    assert "trying again" in client.said[0]


def test_a_subscription_that_got_lost_is_asked_for_again(clock: Clock) -> None:
    """On a later connection there is a cursor already: nothing else would tell that it is deaf."""

    def first(socket: ServerConnection) -> None:
        subscribed(socket)
        say(socket, delta(1))

    def second(socket: ServerConnection) -> None:
        json.loads(socket.recv(timeout=30))
        say(socket, {"message": "Internal server error", "connectionId": "c", "requestId": "r"})
        assert subscribed(socket, 2)["topics"] == [{"topic": "list", "cursor": 1}]
        say(socket, delta(2))
        stays(socket)

    found: list[int] = []
    with server(first, second) as url:
        for received in Client(url, clock=clock).received():
            clock.now += 1.5
            found += [one["n"] for one in received.deltas] if received else []
            if len(found) == 2:
                break
    assert found == [1, 2]


def test_a_network_that_died_without_a_word_is_noticed(clock: Clock) -> None:
    def dies(socket: ServerConnection) -> None:
        subscribed(socket)
        clock.now += 61
        assert json.loads(socket.recv(timeout=30))["action"] == "ping"
        clock.now += 16
        stays(socket)

    def second(socket: ServerConnection) -> None:
        subscribed(socket)
        say(socket, delta(1))
        stays(socket)

    with server(dies, second) as url:
        client = Client(url, clock=clock)
        assert client.numbers(1) == [1]
    assert client.tickets == 2
    assert "says nothing any more" in client.said[0]


def test_a_server_that_sends_everybody_away_is_asked_ever_less_often() -> None:
    def away(socket: ServerConnection) -> None:
        subscribed(socket)
        say(socket, {"type": "bye", "reason": "unknownConnection"})
        stays(socket)

    with server(away) as url:
        client = Client(url)
        for received in client.received():
            if received is None and len(client.pauses) >= 8:
                break
    assert client.pauses[0] == 0.0  # at once, the first time
    assert all(
        (2**number - 1) / 2 <= pause <= min(2**number - 1, 30.0)
        for number, pause in enumerate(client.pauses[:5])
    )
    assert max(client.pauses) <= 30.0
    assert client.pauses[7] >= 15.0


def test_after_a_connection_that_lasted_the_next_one_is_made_at_once(clock: Clock) -> None:
    def lasts(socket: ServerConnection) -> None:
        subscribed(socket)
        clock.now += 40
        say(socket, {"type": "bye", "reason": "unknownConnection"})
        stays(socket)

    with server(lasts) as url:
        client = Client(url, clock=clock)
        for received in client.received():
            if received is None and len(client.pauses) >= 3:
                break
    assert client.pauses == [0.0] * 3


def test_nobody_there_is_said_once_and_so_is_that_it_is_over() -> None:
    def says(socket: ServerConnection) -> None:
        subscribed(socket)
        say(socket, delta(1))
        stays(socket)

    with server(says) as url:
        client = Client(url)
        client.away = 4
        assert client.numbers(1) == [1]
    assert client.said == ["nothing can be heard (nobody there): trying again", "listening again"]


def test_it_connects_anew_when_it_is_time_to(clock: Clock) -> None:
    def says(socket: ServerConnection) -> None:
        asked = subscribed(socket)["topics"][0].get("cursor", 0)
        say(socket, delta(asked + 1))
        stays(socket)

    found: list[int] = []
    with server(says) as url:
        client = Client(url, ends=100.0, clock=clock)
        for received in client.received():
            if received and received.deltas:
                found += [one["n"] for one in received.deltas]
                clock.now += 101
            if len(found) == 3:
                break
    assert found == [1, 2, 3]
    assert client.tickets == 3
    assert not client.said
    assert not client.pauses


@pytest.mark.parametrize(
    ("frame", "raised"),
    [
        ({"type": "error", "code": "forbidden", "message": "no"}, NotAllowed),
        ({"type": "bye", "reason": "signInEnded"}, SignInEnded),
    ],
)
def test_a_refusal_is_the_end(frame: dict[str, Any], raised: type[Exception]) -> None:
    def says(socket: ServerConnection) -> None:
        subscribed(socket)
        say(socket, frame)
        stays(socket)

    with server(says) as url, pytest.raises(raised):
        Client(url).numbers(1)
