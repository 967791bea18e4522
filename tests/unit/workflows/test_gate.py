"""A gate: what is wanted held is held, everything else passes, and nothing is left behind."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from breakwater import contract
from breakwater.platform.http.errors import Conflict, Unavailable
from breakwater.workflows.gates.gate import ANSWER, Flag, PauseGate, Refused, Waiting
from breakwater.workflows.gates.gate_calls import GateCalls
from breakwater.workflows.gates.gate_store import GateStore
from tests.tables import make_table
from tests.unit.workflows.acted_on import arn_of, refusal
from tests.unit.workflows.conftest import NOW

ONE = arn_of("one")
HOUR = 3600


@dataclass
class Book:
    """The gate's items, in memory."""

    up: dict[str, Flag] = field(default_factory=dict)
    held: dict[str, list[Waiting]] = field(default_factory=dict)

    def flag(self, execution_arn: str) -> Flag | None:
        return self.up.get(execution_arn)

    def waiting(self, execution_arn: str) -> Sequence[Waiting]:
        return list(self.held.get(execution_arn, ()))

    def raise_flag(self, execution_arn: str, flag: Flag, expires: datetime) -> bool:
        return self.up.setdefault(execution_arn, flag) is flag

    def lower_flag(self, execution_arn: str) -> bool:
        return self.up.pop(execution_arn, None) is not None

    def hold(self, execution_arn: str, one: Waiting, expires: datetime) -> bool:
        if execution_arn in self.up:
            self.held.setdefault(execution_arn, []).append(one)
        return execution_arn in self.up

    def forget(self, execution_arn: str, one: Waiting) -> None:
        self.held[execution_arn].remove(one)


@dataclass
class Scene:
    items: Any = field(default_factory=Book)
    now: datetime = NOW
    answered: list[tuple[str, str]] = field(default_factory=list)
    fails: bool = False

    def __post_init__(self) -> None:
        self.gate = PauseGate(self.items, self._answer, seconds=HOUR, clock=lambda: self.now)

    def _answer(self, token: str, output: str) -> None:
        if self.fails:
            raise TimeoutError
        self.answered.append((token, output))


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with mock_aws():
            client = boto3.client("dynamodb", region_name="eu-west-1")
            make_table(client, "gate", contract.PAUSE_GATE)
            yield client


@pytest.fixture(params=["memory", "table"])
def scene(request: pytest.FixtureRequest, dynamodb: Any) -> Iterator[Scene]:
    yield Scene(GateStore(dynamodb, "gate") if request.param == "table" else Book())
    for item in dynamodb.scan(TableName="gate")["Items"]:
        key = {name: item[name] for name in ("executionArn", "item")}
        dynamodb.delete_item(TableName="gate", Key=key)


def test_what_nobody_wants_held_passes_at_once(scene: Scene) -> None:
    scene.gate.arrive(ONE, "Gate", "token-1")
    assert scene.answered == [("token-1", ANSWER)]
    assert scene.gate.look(ONE)["waiting"] == []


def test_what_is_wanted_held_waits_until_it_is_resumed(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "the shop is closed")
    scene.gate.arrive(ONE, "Gate", "token-1")
    assert scene.answered == []
    told = scene.gate.look(ONE)
    assert told["asked"] == {
        "by": "olga",
        "at": "2026-11-20T12:00:00.000Z",
        "reason": "the shop is closed",
    }
    assert [one["gate"] for one in told["waiting"]] == ["Gate"]
    after = scene.gate.resume(ONE, told["digest"])
    assert scene.answered == [("token-1", told["answer"])]
    assert (after["answered"], after["asked"], after["waiting"]) == (["Gate"], None, [])


def test_a_token_is_in_no_answer(scene: Scene) -> None:
    said = [scene.gate.pause(ONE, "olga", "why")]
    scene.gate.arrive(ONE, "Gate", "secret-token")
    said += [scene.gate.look(ONE), scene.gate.resume(ONE)]
    assert "secret-token" not in json.dumps(said)


def test_branches_are_held_each_and_let_go_together(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    for number in range(3):
        scene.gate.arrive(ONE, f"Gate {number}", f"token-{number}")
    assert sorted(scene.gate.resume(ONE)["answered"]) == ["Gate 0", "Gate 1", "Gate 2"]
    assert len(scene.answered) == 3


def test_another_execution_is_not_held(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.arrive(arn_of("two"), "Gate", "token-2")
    assert scene.answered == [("token-2", ANSWER)]


def test_a_pause_is_asked_for_once_and_called_off_once(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    with pytest.raises(Refused, match="olga"):
        scene.gate.pause(ONE, "anna", "me too")
    assert scene.gate.resume(ONE)["answered"] == []
    with pytest.raises(Refused):
        scene.gate.resume(ONE)
    scene.gate.pause(ONE, "anna", "again")


def test_what_arrived_after_it_was_shown_is_not_resumed_unseen(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    shown = scene.gate.look(ONE)["digest"]
    scene.gate.arrive(ONE, "Gate", "token-1")
    with pytest.raises(Refused, match="look again"):
        scene.gate.resume(ONE, shown)
    assert scene.answered == []


def test_an_answer_that_failed_is_given_by_the_next_resume(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.arrive(ONE, "Gate", "token-1")
    scene.fails = True
    with pytest.raises(TimeoutError):
        scene.gate.resume(ONE)
    scene.fails = False
    assert scene.gate.resume(ONE)["answered"] == ["Gate"]
    assert scene.answered == [("token-1", ANSWER)]


def test_what_step_functions_waits_for_no_longer_is_not_held(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.arrive(ONE, "Gate", "token-1")
    scene.now += timedelta(seconds=HOUR + 1)
    assert scene.gate.look(ONE)["waiting"] == []
    assert scene.gate.resume(ONE)["answered"] == []


@given(st.lists(st.sampled_from(["pause", "resume", "arrive"]), max_size=40))
@settings(max_examples=300)
def test_whatever_people_do_every_arrival_is_answered_once_or_waits(steps: list[str]) -> None:
    scene = Scene()
    arrived = 0
    for step in steps:
        if step == "arrive":
            arrived += 1
            scene.gate.arrive(ONE, "Gate", f"token-{arrived}")
            continue
        with suppress(Refused):
            scene.gate.pause(ONE, "olga", "why") if step == "pause" else scene.gate.resume(ONE)
        waiting = len(scene.gate.look(ONE)["waiting"])
        answered = [token for token, _ in scene.answered]
        assert len(answered) == len(set(answered)) == arrived - waiting
        if scene.gate.look(ONE)["asked"] is None:
            assert waiting == 0


class Function:
    """Lambda, with one answer."""

    def __init__(self, answer: Any, **more: Any) -> None:
        self.answer, self.more = answer, more
        self.event: Any = None

    def invoke(self, **words: Any) -> dict[str, Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        self.event = json.loads(words["Payload"])
        body = self.answer

        class Body:
            def read(self) -> bytes:
                return json.dumps(body).encode()

        return {"Payload": Body(), **self.more}


def test_what_a_gate_refuses_is_a_conflict_in_its_words() -> None:
    function = Function({"refused": "It is not held at its gate"})
    with pytest.raises(Conflict, match="not held"):
        GateCalls(function).resume("gate", ONE, digest="d")
    assert function.event == {"do": "resume", "executionArn": ONE, "digest": "d"}


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (refusal("ResourceNotFoundException", "none"), Conflict),
        (refusal("AccessDeniedException", "no"), Conflict),
        (refusal("TooManyRequestsException", "later"), Unavailable),
    ],
)
def test_a_gate_that_cannot_be_called_is_told_of(answer: Any, raised: Any) -> None:
    with pytest.raises(raised):
        GateCalls(Function(answer)).look("gate", ONE)


def test_a_gate_that_failed_is_worth_trying_again() -> None:
    failed = Function({"errorType": "KeyError"}, FunctionError="Unhandled")
    with pytest.raises(Unavailable, match="KeyError"):
        GateCalls(failed).look("gate", ONE)
