"""An execution that is watched: its history, the loop that reads it, and time as it pauses."""

from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater.live.change_bus import ChangeBus
from breakwater.live.subscriptions import Connection
from breakwater.live.tail_worker import TailWorker
from breakwater.live.tailer import Tailer
from breakwater.live.tails import Tails
from breakwater.live.topics import id_of_execution, topic_of
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


def connection(world: World) -> Connection:
    """Somebody who listens to more than one may."""
    return Connection(id=world.room.connect(), holder=holder(world.clock), topics=frozenset())
