"""A server and its clients in one process: the network is a list that a test plays with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from breakwater.live.frames import Frame, Reload
from breakwater.live.inbox import Inbox, Received
from breakwater.live.publisher import Publisher
from breakwater.live.sender import Late, Sent
from breakwater.live.socket_desk import SocketDesk
from breakwater.live.subscriptions import Subscriptions
from breakwater.live.topic_log import TopicLog
from tests.unit.live.conftest import TABLE, Clock, holder


class Network:
    """Where frames are under way; what a sender is, without API Gateway."""

    def __init__(self) -> None:
        self.under_way: dict[str, list[dict[str, Any]]] = {}
        self.ended: dict[str, str] = {}
        self.slow: set[str] = set()

    def send(
        self,
        messages: Mapping[str, Sequence[Frame | Reload]],
        *,
        patiently: bool = False,
    ) -> Sent:
        sent = Sent()
        for connection, frames in messages.items():
            if connection in self.slow:
                for frame in frames:
                    sent.late.setdefault(connection, {}).setdefault(frame.topic, frame.cursor - 1)
            elif not self.answer(connection, [frame.text for frame in frames]):
                sent.gone.append(connection)
        return sent

    def answer(self, connection_id: str, texts: Sequence[str]) -> bool:
        if connection_id not in self.under_way:
            return False
        self.under_way[connection_id] += map(json.loads, texts)
        return True

    def end(self, connection_id: str, reason: str) -> None:
        self.ended[connection_id] = reason
        self.under_way.pop(connection_id, None)


class Nobody:
    """Reads no histories."""

    def __init__(self) -> None:
        self.watched: list[str] = []

    def watch(self, execution_arn: str) -> None:
        self.watched.append(execution_arn)

    def may_go_on(self, execution_arn: str) -> bool:
        return not execution_arn.endswith(":ended")


class Again:
    """Who is to be posted to once more."""

    def __init__(self) -> None:
        self.late: list[Late] = []

    def post_again(self, late: Late) -> None:
        self.late.append(late)


class Room:
    """The server."""

    def __init__(self, dynamodb: Any, clock: Clock) -> None:
        self.clock = clock
        self.dynamodb = dynamodb
        self.network = Network()
        self.tails = Nobody()
        self.log = TopicLog(dynamodb, TABLE, clock=clock, pause=lambda _: None)
        self.subscriptions = Subscriptions(dynamodb, TABLE)
        sender: Any = self.network
        self.again = Again()
        self.publisher = Publisher(self.log, self.subscriptions, sender, self.again, clock=clock)
        self.desk = SocketDesk(
            subscriptions=self.subscriptions,
            log=self.log,
            sender=sender,
            watching=self.tails,
            executions=self.tails,
            clock=clock,
        )
        self._connections = 0

    def connect(self, **who: Any) -> str:
        self._connections += 1
        name = f"c{self._connections}"
        self.network.under_way[name] = []
        self.desk.connected(name, holder(self.clock, **who))
        return name

    def say(self, connection: str, **frame: Any) -> list[dict[str, Any]]:
        """A frame from a client; what it is told."""
        self.desk.said(connection, json.dumps(frame))
        told, self.network.under_way[connection] = self.network.under_way[connection], []
        return told

    def drop(self, connection: str, *, told: bool) -> None:
        self.network.under_way.pop(connection, None)
        if told:
            self.desk.disconnected(connection)


@dataclass
class Client:
    """A client that follows docs/live.md."""

    room: Room
    topic: str
    connection: str | None = None
    inbox: Inbox = field(default_factory=Inbox)
    seen: list[int] = field(default_factory=list)
    """Numbers of deltas since what was last read."""

    read: int | None = None
    """The number of the last delta when the list was read."""

    def connect(self) -> None:
        if self.connection is None:
            self.connection = self.room.connect()
            self._say(action="subscribe", topics=self.inbox.wanted([self.topic]))

    def ping(self) -> None:
        if self.connection is not None:
            self._say(action="ping", cursors=self.inbox.cursors)

    def fill_gaps(self) -> None:
        if self.connection is not None and self.inbox.gaps():
            self._say(action="subscribe", topics=self.inbox.wanted(self.inbox.gaps()))

    def drop(self, *, told: bool) -> None:
        if self.connection is not None:
            self.room.drop(self.connection, told=told)
            self.connection = None

    def receive(self, position: int, published: int, *, lost: bool = False) -> None:
        """The frame at this position of those under way arrives, or does not."""
        waiting = self.room.network.under_way.get(self.connection or "", [])
        if not waiting:
            return
        frame = waiting.pop(position % len(waiting))
        if lost:
            return
        knew = self.inbox.cursors.get(self.topic)
        self.take(self.inbox.take(frame), published, first=knew is None)

    def take(self, received: Received, published: int, *, first: bool) -> None:
        if received.reload or (first and self.inbox.cursors.get(self.topic) is not None):
            self.read, self.seen = published, []
        self.seen += [delta["number"] for delta in received.deltas]

    def _say(self, **frame: Any) -> None:
        """It is told over the network, like everything."""
        assert self.connection is not None
        self.room.desk.said(self.connection, json.dumps(frame))
        if self.connection not in self.room.network.under_way:
            self.connection = None  # it was told to go
