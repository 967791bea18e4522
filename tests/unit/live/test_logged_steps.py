"""Steps of executions that log: told as their log is pushed, without reading histories."""

import base64
import gzip
import json
from typing import Any

import pytest

from breakwater.live.change_bus import ChangeBus
from breakwater.live.log_records import NotAPush, Pushed, pushed_events
from breakwater.live.logged_events import LoggedEvents
from breakwater.live.logged_steps import LoggedSteps
from breakwater.live.topic_log import TooBusy
from tests.unit.live.conftest import TABLE, Clock
from tests.unit.live.test_tail import ARN, TOPIC, WHOLE, World

SECRET = "nobody sees this"


def push(*events: dict[str, Any], kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    """These events as CloudWatch Logs pushes them."""
    lines = [
        {
            "id": str(number),
            "timestamp": 0,
            "message": json.dumps(
                {
                    "id": str(event["id"]),
                    "type": event["type"],
                    "previous_event_id": str(event["previousEventId"]),
                    "event_timestamp": str(int(event["timestamp"].timestamp() * 1000)),
                    "execution_arn": ARN,
                    "details": {
                        **event.get("stateEnteredEventDetails", {}),
                        **event.get("stateExitedEventDetails", {}),
                        "input": SECRET,
                    },
                }
            ),
        }
        for number, event in enumerate(events)
    ]
    told = json.dumps({"messageType": kind, "logEvents": lines}).encode()
    return {"awslogs": {"data": base64.b64encode(gzip.compress(told)).decode()}}


class Logging:
    """What takes pushes, over the world of the tail."""

    def __init__(self, dynamodb: Any, clock: Clock) -> None:
        self.world = World(dynamodb, clock)
        self.steps = LoggedSteps(
            log=self.world.room.log,
            events=LoggedEvents(dynamodb, TABLE),
            histories=self.world.histories,
            tails=self.world.tails,
            publisher=self.world.room.publisher,
            bus=ChangeBus(self.world.bus, "changes"),
            clock=clock,
        )

    def take(self, *events: dict[str, Any]) -> int:
        return self.steps.take_all(pushed_events(push(*events)).events)


@pytest.fixture
def logging(dynamodb: Any, clock: Clock) -> Logging:
    return Logging(dynamodb, clock)


def test_steps_are_told_from_the_log_and_the_history_is_read_once(logging: Logging) -> None:
    world = logging.world
    world.grows(2)
    one = world.listen()
    for first in (2, 3, 4):
        logging.take(WHOLE[first])
    logging.take(*WHOLE[4:])
    assert world.told(one) == [
        ("stepCompleted", "A"),
        ("stepStarted", "B"),
        ("stepCompleted", "B"),
    ]
    assert world.histories.calls == 1
    [tail] = world.tails.watched()
    assert tail.pushed_until > world.clock.now


def test_a_push_that_comes_twice_is_told_once(logging: Logging) -> None:
    logging.world.grows(2)
    one = logging.world.listen()
    assert [logging.take(WHOLE[2]) for _ in range(3)] == [1, 0, 0]
    assert logging.world.told(one) == [("stepCompleted", "A")]


EACH = [
    ("stepStarted", "A"),
    ("stepCompleted", "A"),
    ("stepStarted", "B"),
    ("stepCompleted", "B"),
]


def test_pushes_that_overtake_each_other_lose_nothing(logging: Logging) -> None:
    world = logging.world
    one = world.listen()
    world.grows(1)
    logging.take(WHOLE[0])
    logging.take(WHOLE[1])
    logging.take(WHOLE[4], WHOLE[5])  # and the history does not know them yet
    assert world.told(one) == EACH[:1]
    [tail] = world.tails.watched()
    world.clock.now = tail.pushed_until + 1
    logging.take(WHOLE[3])
    [tail] = world.tails.watched()
    assert tail.pushed_until < world.clock.now  # one is missing: the history is to be read
    logging.take(WHOLE[2])
    assert [name for kind, name in world.told(one) if kind == "stepCompleted"] == ["A", "B"]
    [tail] = world.tails.watched()
    assert tail.pushed_until > world.clock.now


def test_the_first_push_that_comes_late_loses_nothing(logging: Logging) -> None:
    world = logging.world
    one = world.listen()
    world.grows(4)
    logging.take(WHOLE[3])
    logging.take(WHOLE[2])
    assert world.told(one) == [("stepCompleted", "A"), ("stepStarted", "B")]


def test_who_reads_the_history_and_who_reads_the_log_tell_each_step_once(logging: Logging) -> None:
    world = logging.world
    one = world.listen()
    tailer = world.tailer()
    world.grows(2)
    tailer.look(world.clock.moment())
    logging.take(*WHOLE[:3])
    world.grows(4)
    logging.take(WHOLE[3])
    for _ in range(2):
        tailer.look(world.clock.moment())
    logging.take(WHOLE[3])
    world.grows(6)
    tailer.look(world.clock.moment())
    logging.take(*WHOLE[4:])
    assert world.told(one) == EACH


@pytest.mark.parametrize("other", [WHOLE[1], WHOLE[2]])
def test_two_pushes_at_the_same_time_are_both_told(
    logging: Logging, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    one = logging.world.listen()
    logging.take(*WHOLE[:2])
    kept = LoggedEvents.kept

    def kept_meanwhile(self: LoggedEvents, *how: Any) -> Any:
        monkeypatch.setattr(LoggedEvents, "kept", kept)
        write = kept(self, *how)
        logging.take(other)
        return write

    monkeypatch.setattr(LoggedEvents, "kept", kept_meanwhile)
    logging.take(*WHOLE[2:4])
    told = logging.world.told(one)
    assert sorted(told) == sorted(EACH[:3])


def test_what_nobody_watches_is_neither_read_nor_kept(logging: Logging, dynamodb: Any) -> None:
    assert logging.take(*WHOLE) == 0
    assert logging.world.histories.calls == 0
    assert dynamodb.scan(TableName=TABLE)["Count"] == 0


def test_no_payload_leaves_the_log(logging: Logging, dynamodb: Any) -> None:
    logging.world.grows(0)
    logging.world.listen()
    logging.take(*WHOLE)
    item = dynamodb.get_item(
        TableName=TABLE, Key={"topic": {"S": TOPIC}, "entry": {"S": "LOGGED"}}
    )["Item"]
    assert SECRET.encode() not in gzip.decompress(base64.b64decode(item["events"]["S"]))


def test_a_control_message_means_nothing() -> None:
    assert pushed_events(push(kind="CONTROL_MESSAGE")) == Pushed()


@pytest.mark.parametrize(
    "odd",
    ["", "no json", "[]", "7", "null", "{}", '{"id": "x", "execution_arn": "a"}', "[" * 5000,
     '{"execution_arn": "a", "id": "1", "type": "T", "event_timestamp": "1", "details": "x"}'],
)  # fmt: skip
def test_a_line_that_is_no_record_is_that_lines_trouble(odd: str) -> None:
    whole = push(*WHOLE[:2])
    told = json.loads(gzip.decompress(base64.b64decode(whole["awslogs"]["data"])))
    told["logEvents"].insert(1, {"message": odd})
    told["logEvents"].insert(1, "not even a line")
    packed = base64.b64encode(gzip.compress(json.dumps(told).encode())).decode()
    pushed = pushed_events({"awslogs": {"data": packed}})
    assert pushed.events == pushed_events(push(*WHOLE[:2])).events
    assert [line for line, _ in pushed.odd] == ["not even a line", {"message": odd}]


def test_one_executions_trouble_holds_no_other_up_and_is_pushed_again(
    logging: Logging, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = logging.world.listen()
    events = pushed_events(push(*WHOLE[:2])).events[ARN]
    take = logging.steps.take

    def broken(arn: str, events: Any) -> int:
        if arn != ARN:
            raise TooBusy("too much")
        return take(arn, events)

    monkeypatch.setattr(logging.steps, "take", broken)
    with pytest.raises(ExceptionGroup, match="could not be told") as raised:
        logging.steps.take_all({f"{ARN}-1": events, ARN: events, f"{ARN}-2": events})
    assert [error.__notes__ for error in raised.value.exceptions] == [[f"{ARN}-1"], [f"{ARN}-2"]]
    assert logging.world.told(one) == EACH[:1]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"awslogs": {"data": "x"}},
        {"awslogs": {"data": "eA=="}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"{}" * 99)[:-9]).decode()}},
        {"awslogs": {"data": base64.b64encode(gzip.compress(b"[]")).decode()}},
    ],
)
def test_what_is_no_push_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(NotAPush):
        pushed_events(event)
