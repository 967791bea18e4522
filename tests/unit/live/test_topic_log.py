"""The numbers of a topic's frames: without gaps, whoever writes, and for as long as somebody may
come back.
"""

from collections.abc import Callable
from typing import Any

import pytest

from breakwater.live.frames import Frame, frames_of
from breakwater.live.limits import LOG_SECONDS, SUBSCRIPTION_SECONDS
from breakwater.live.topic_head import Change, Progress, ToldMeanwhile
from breakwater.live.topic_log import TopicLog
from tests.unit.live.conftest import TABLE, Clock


@pytest.fixture
def log(dynamodb: Any, clock: Clock) -> TopicLog:
    return TopicLog(dynamodb, TABLE, clock=clock, pause=lambda _: None)


def change(name: str) -> Change:
    return Change(id=name, deltas=[{"type": "stepStarted", "name": name}])


def meanwhile(client: Any, what: Callable[[], Any]) -> None:
    """Before the next transaction, and only then."""
    done: list[int] = []

    def once(**_: Any) -> None:
        if not done:
            done.append(1)
            what()

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", once)


def test_two_that_write_at_the_same_time_get_one_number_each(log: TopicLog, dynamodb: Any) -> None:
    first = log.watch("list")
    meanwhile(dynamodb, lambda: log.publish("list", [change("b")]))
    [later] = log.publish("list", [change("a")])
    assert later.cursor == first + 2
    kept = log.missed("list", first, first + 2)
    assert kept is not None
    assert ['"b"' in kept[0].deltas, '"a"' in kept[1].deltas] == [True, True]


def test_the_same_change_written_by_two_at_once_is_written_once(
    log: TopicLog, dynamodb: Any
) -> None:
    first = log.watch("list")
    meanwhile(dynamodb, lambda: log.publish("list", [change("a")]))
    [again] = log.publish("list", [change("a")])  # who wrote it may have ended before it sent it
    assert again.cursor == first + 1
    assert log.missed("list", first, first + 2) is None


def test_what_was_written_long_ago_may_come_again_but_not_what_was_written_lately(
    log: TopicLog,
) -> None:
    first = log.watch("list")
    for start in range(0, 250, 50):
        log.publish("list", [change(str(number)) for number in range(start, start + 50)])
    head = log.head("list")
    assert head is not None
    for number in (60, 150, 249):
        log.publish("list", [change(str(number))])
    assert log.head("list") == head
    assert head.cursor == first + 5


def test_of_the_same_history_only_one_tells(log: TopicLog, dynamodb: Any) -> None:
    log.watch("t")
    log.publish("t", [change("a")], (), Progress(before=None, now=3))
    with pytest.raises(ToldMeanwhile):
        log.publish("t", [change("b")], (), Progress(before=None, now=5))
    meanwhile(dynamodb, lambda: log.publish("t", [change("c")], (), Progress(before=3, now=7)))
    with pytest.raises(ToldMeanwhile):
        log.publish("t", [change("d")], (), Progress(before=3, now=8))
    head = log.head("t")
    assert head is not None
    assert head.told == 7


def test_who_may_come_back_finds_the_numbers_going_on_and_later_nobody_does(
    log: TopicLog, clock: Clock
) -> None:
    """A subscription is good for eleven minutes after its last ping; then one may be away ten."""
    first = log.watch("t")
    log.publish("t", [change("a")], (), Progress(before=None, now=3))
    clock.now += SUBSCRIPTION_SECONDS + LOG_SECONDS - 1
    [frame] = log.publish("t", [change("b")])
    assert frame.cursor == first + 2
    clock.now += 2
    assert log.head("t") is None
    assert log.publish("t", [change("c")]) == []
    again = log.watch("t")
    assert again > first + 1000
    head = log.head("t")
    assert head is not None
    assert (head.told, head.recent, head.began) == (None, (), clock.now)
    assert log.missed("t", frame.cursor, again) is None


def test_who_missed_as_much_as_is_sent_again_gets_it_and_one_more_is_too_much(
    log: TopicLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breakwater.live.topic_log.MOST_FRAMES_AGAIN", 3)
    first = log.watch("t")
    for name in "abcd":
        log.publish("t", [change(name)])
    missed = log.missed("t", first + 1, first + 4)
    assert missed is not None
    assert [frame.cursor - first for frame in missed] == [2, 3, 4]
    assert log.missed("t", first, first + 4) is None


def test_frames_are_no_larger_than_a_socket_carries() -> None:
    deltas = [{"type": "stepStarted", "name": "é" * 500} for _ in range(100)]
    made = frames_of("list", 7, deltas)
    assert [frame.cursor for frame in made] == list(range(8, 8 + len(made)))
    assert all(len(frame.text.encode()) < 32 * 1024 for frame in made)
    assert 1 < len(made) < 8
    assert sum(frame.deltas.count("stepStarted") for frame in made) == 100
    assert '"after":7,"cursor":8,' in Frame(topic="list", cursor=8, deltas="[]").text
