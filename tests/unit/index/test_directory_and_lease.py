"""What is remembered of state machines, and who works at a time."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from breakwater.contract import IndexSettings
from breakwater.index.dead_letters import DeadLetterQueue
from breakwater.index.health import health
from breakwater.index.lease import SWEEP, Busy, Lease
from breakwater.index.machine_directory import MachineDirectory
from breakwater.index.replay import NO_REASON, Replay
from breakwater.index.step_functions import TooFast
from tests.unit.index.conftest import TABLE
from tests.unit.index.world import ACCOUNT, START, minutes

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MACHINE = f"{ACCOUNT}:stateMachine:orders"


class Tags:
    def __init__(self) -> None:
        self.asked = 0
        self.throttled = False
        self.agent = "shop"

        self.of: set[str] = set()

    def tags(self, arn: str) -> dict[str, str]:
        self.asked += 1
        self.of.add(arn)
        if self.throttled:
            raise TooFast("ListTagsForResource is throttled")
        return {"agentName": self.agent}


@pytest.fixture
def tags() -> Tags:
    return Tags()


@pytest.fixture
def directory(dynamodb: "DynamoDBClient", tags: Tags) -> Callable[..., MachineDirectory]:
    def make(now: Any = START, seconds: Any = lambda: 0.0) -> MachineDirectory:
        return MachineDirectory(
            dynamodb, TABLE, tags, IndexSettings(), lambda: now, seconds=seconds
        )

    return make


def test_tags_are_asked_for_once_whoever_asks(directory: Any, tags: Tags) -> None:
    one, other = directory(), directory()
    assert [one.facts(MACHINE).agent_name for _ in range(3)] == ["shop"] * 3
    assert other.facts(MACHINE).agent_name == "shop"
    assert tags.asked == 1


def test_a_throttled_answer_is_a_guess_that_is_not_kept(directory: Any, tags: Tags) -> None:
    now = [0.0]
    one = directory(seconds=lambda: now[0])
    tags.throttled = True
    guess = one.facts(MACHINE)
    assert (guess.agent_name, guess.certain) == ("orders", False)
    tags.throttled = False
    assert directory().facts(MACHINE).agent_name == "shop"
    now[0] = 11.0
    assert one.facts(MACHINE).agent_name == "shop"


def test_the_sweep_notices_new_tags_after_an_hour(directory: Any, tags: Tags) -> None:
    directory().facts(MACHINE)
    tags.agent = "boutique"
    assert directory(START + minutes(30)).refresh(MACHINE).agent_name == "shop"
    assert directory(START + minutes(90)).refresh(MACHINE).agent_name == "boutique"
    tags.throttled = True
    old = directory(START + minutes(200)).refresh(MACHINE)
    assert (old.agent_name, old.certain) == ("boutique", True)


def test_children_of_a_map_are_of_the_machine_that_has_the_tags(directory: Any, tags: Tags) -> None:
    one = directory()
    assert one.facts(MACHINE).agent_name == "shop"
    assert directory().facts(f"{MACHINE}/label").agent_name == "shop"
    assert one.refresh(f"{MACHINE}/other").agent_name == "shop"
    assert tags.of == {MACHINE}


class TestLease:
    def test_one_at_a_time(self, dynamodb: "DynamoDBClient") -> None:
        one, other = (Lease(dynamodb, TABLE, SWEEP) for _ in range(2))
        one.take(START, START + minutes(5))
        with pytest.raises(Busy, match="2026-11-20T00:05"):
            other.take(START + minutes(4), START + minutes(9))
        one.save({"progress": {"a": 1}}, done=True)
        assert other.take(START + minutes(4), START + minutes(9))["progress"] == {"a": 1}

    def test_a_lease_that_ran_out_is_taken_over_and_the_late_one_writes_nothing(
        self, dynamodb: "DynamoDBClient"
    ) -> None:
        killed, other = (Lease(dynamodb, TABLE, SWEEP) for _ in range(2))
        killed.take(START, START + minutes(5))
        killed.save({"progress": 1}, done=False)
        assert other.take(START + minutes(5), START + minutes(9))["progress"] == 1
        with pytest.raises(Busy):
            killed.save({"progress": 2}, done=True)
        assert other.read()["progress"] == 1


class TestReplay:
    @pytest.fixture
    def queues(self, aws: None) -> Iterator[tuple[Any, str, str]]:
        sqs = boto3.client("sqs", region_name="eu-west-1")
        [queue, letters] = [sqs.create_queue(QueueName=n)["QueueUrl"] for n in ("q", "letters")]
        yield sqs, queue, letters
        for url in (queue, letters):
            sqs.delete_queue(QueueUrl=url)

    def test_what_was_laid_aside_is_shown_with_its_reason_and_sent_back(self, queues: Any) -> None:
        sqs, queue, letters = queues
        aside = DeadLetterQueue(sqs, letters, lambda: START)
        for number in range(12):
            aside.lay_aside(f"body-{number}", f"Malformed: \x00 {number}")
        sqs.send_message(QueueUrl=letters, MessageBody="from SQS itself")
        replay = Replay(sqs, queue=queue, dead_letters=letters)
        assert replay.count() == 13
        assert replay.look(1)[0].reason.startswith("Malformed: ")
        assert replay.count() == 13
        sent = {letter.body: letter.reason for letter in replay.replay()}
        assert len(sent) == 13
        assert sent["from SQS itself"] == NO_REASON
        assert replay.count() == 0
        there = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        assert there["ApproximateNumberOfMessages"] == "13"

    def test_what_comes_back_meanwhile_does_not_go_round_for_ever(self, queues: Any) -> None:
        sqs, queue, letters = queues
        aside = DeadLetterQueue(sqs, letters, lambda: START)
        for number in range(3):
            aside.lay_aside(f"bad-{number}", "Malformed")
        replay = Replay(sqs, queue=queue, dead_letters=letters)
        sent = 0
        for letter in replay.replay():
            sent += 1
            assert sent <= 3
            aside.lay_aside(letter.body, "Malformed, still")
        assert (sent, replay.count()) == (3, 3)


WELL = {"lastSweepAt": "2026-11-20T00:00:00.000Z", "deadLetters": 0, "lagSeconds": 1.2}
BEHIND = {**WELL, "lagSeconds": 90.0, "capturedAt": "2026-11-20T00:00:00.000Z"}


class TestHealth:
    @pytest.mark.parametrize(
        ("record", "after", "problem"),
        [
            (WELL, 14, None),
            (WELL, 16, "The last sweep ended at"),
            ({}, 0, "No sweep has ended yet"),
            ({**WELL, "deadLetters": 2}, 1, "2 records could not be indexed"),
            (BEHIND, 1, "90.0 s behind"),
            ({**BEHIND, "capturedAt": "2026-11-19T00:00:00.000Z"}, 1, None),
            ({**BEHIND, "capturedAt": "2026-11-19T00:00:00.000Z", "waiting": 7}, 1, "7 changes"),
            ({**WELL, "waiting": 7}, 1, "none was written since ever"),
            ({**WELL, "waiting": 7, "capturedAt": "2026-11-20T00:00:00.000Z"}, 1, None),
            ({**WELL, "lastSweepFailures": ["arn:a: no"]}, 1, "could not mend these: arn:a: no"),
        ],
    )
    def test_the_record_is_judged(
        self, record: dict[str, Any], after: int, problem: str | None
    ) -> None:
        found = health(record, sweep_minutes=5, now=START + timedelta(minutes=after))
        assert found.well == (problem is None)
        assert (problem or "") in " ".join(found.problems)
