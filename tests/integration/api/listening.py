"""Clients of live updates, as tests lead them, and what the table knows of them."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from websockets.sync.client import ClientConnection, connect

from breakwater.contract import Role
from breakwater.live.client import LiveClient
from breakwater.live.ticket_request import NoAnswer, TicketRequest
from breakwater_local.emulator import Emulator
from tests.integration.api.conftest import Api
from tests.integration.waiting import PATIENCE, until


@dataclass
class Listener:
    """Somebody who listens, until a test has seen enough."""

    client: LiveClient
    deltas: list[dict[str, Any]] = field(default_factory=list)
    reloads: int = 0
    tickets: int = 0
    network: threading.Event = field(default_factory=threading.Event)
    """Set while there is one: nobody connects anew without."""
    _enough: threading.Event = field(default_factory=threading.Event)
    _failure: BaseException | None = None

    def run(self) -> None:
        try:
            for received in self.client.received():
                if received is not None:
                    self.deltas += map(dict, received.deltas)
                    self.reloads += received.reload
                if self._enough.is_set():
                    return
        except BaseException as failure:
            self._failure = failure
            raise

    def drop(self) -> None:
        """The network dies, until it is set again: nobody says goodbye."""
        self.network.clear()
        assert self.client.connection is not None
        with contextlib.suppress(OSError):
            self.client.connection.socket.shutdown(socket.SHUT_RDWR)

    def until(self, condition: Callable[[list[dict[str, Any]]], Any]) -> None:
        def is_so() -> Any:
            assert self._failure is None, self._failure
            return condition(list(self.deltas))

        until(is_so, lambda: self.deltas, every=0.05)

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [delta for delta in self.deltas if delta["type"] in kinds]

    def end(self) -> None:
        self._enough.set()


@contextlib.contextmanager
def listening(api: Api, *topics: str, role: Role = Role.VIEWER) -> Iterator[Listener]:
    """Somebody listens to these topics; it is so when this begins."""
    ask = TicketRequest(api.url, api.tokens[role])
    network = threading.Event()
    network.set()

    def ask_while_there_is_a_network() -> dict[str, Any]:
        if not network.is_set():
            raise NoAnswer("The test has taken the network away.")
        return ask()

    listener = Listener(LiveClient(topics, ask_while_there_is_a_network), network=network)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    try:
        until(
            lambda: len(listener.client.cursors) == len(topics),
            lambda: "nobody said `subscribed`",
            every=0.05,
        )
        yield listener
    finally:
        listener.end()
        thread.join(timeout=30)


@contextlib.contextmanager
def connected(url: str) -> Iterator[ClientConnection]:
    """A socket without a client behind it."""
    with connect(url, open_timeout=PATIENCE, close_timeout=2, ping_interval=None, proxy=None) as it:
        yield it


def ask(it: ClientConnection, **frame: Any) -> dict[str, Any]:
    """Say something, and hear the answer."""
    it.send(json.dumps(frame))
    answer: dict[str, Any] = json.loads(it.recv(timeout=PATIENCE))
    return answer


def given(api: Api, role: Role = Role.VIEWER) -> str:
    """The address of a socket with a new ticket."""
    told = api.done("POST", "/live/ticket", role=role)
    return f"{told['url']}?ticket={told['ticket']}"


def keys_of_connections(aws: Emulator, table: str) -> list[dict[str, Any]]:
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return [
        {name: item[name] for name in ("topic", "entry")}
        for page in pages
        for item in page["Items"]
        if item["topic"]["S"].startswith("connection#")
    ]
