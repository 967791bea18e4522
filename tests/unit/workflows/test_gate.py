"""A gate: what is wanted held is held, everything else passes, and nothing is left behind."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from breakwater import contract
from breakwater.index.at_gate import GateWord
from breakwater.index.gate_event import gate_word_of, is_of_gate
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import Conflict, Unavailable
from breakwater.workflows.gates.gate import ANSWER, Flag, PauseGate, Refused, Waiting
from breakwater.workflows.gates.gate_calls import GateCalls
from breakwater.workflows.gates.gate_events import GateEvents
from breakwater.workflows.gates.gate_store import GateStore
from tests.examples import examples
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
        if self._is_up(execution_arn):
            return False
        self.up[execution_arn] = flag
        return True

    def lower_flag(self, execution_arn: str) -> bool:
        if not self._is_up(execution_arn):
            return False
        self.up[execution_arn] = replace(self.up[execution_arn], is_up=False)
        return True

    def hold(self, execution_arn: str, one: Waiting, expires: datetime) -> bool:
        if not self._is_up(execution_arn) or self.up[execution_arn].at != one.asked_at:
            return False
        self.held.setdefault(execution_arn, []).append(one)
        return True

    def _is_up(self, execution_arn: str) -> bool:
        return execution_arn in self.up and self.up[execution_arn].is_up

    def forget(self, execution_arn: str, one: Waiting) -> None:
        self.held[execution_arn].remove(one)


@dataclass
class Scene:
    items: Any = field(default_factory=Book)
    now: datetime = NOW
    answered: list[tuple[str, str]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    fails: bool = False

    def __post_init__(self) -> None:
        self.gate = PauseGate(
            self.items,
            self._answer,
            tell=lambda arn, word: self.told.append({"executionArn": arn, **word}),
            seconds=HOUR,
            clock=lambda: self.now,
        )

    def later(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)

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


class ArrivesBefore(Book):
    """An execution arrives in the moment before the flag is taken down."""

    scene: "Scene"

    def lower_flag(self, execution_arn: str) -> bool:
        self.scene.gate.arrive(execution_arn, "Gate", "just-now")
        return super().lower_flag(execution_arn)


def test_who_arrives_while_it_is_resumed_is_not_left_behind() -> None:
    book = ArrivesBefore()
    scene = book.scene = Scene(book)
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.resume(ONE)
    assert scene.answered == [("just-now", ANSWER)]
    assert scene.gate.look(ONE)["waiting"] == []


def test_what_step_functions_waits_for_no_longer_is_not_held(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.arrive(ONE, "Gate", "token-1")
    scene.now += timedelta(seconds=HOUR + 1)
    assert scene.gate.look(ONE)["waiting"] == []
    assert scene.gate.resume(ONE)["answered"] == []


def test_what_nobody_wants_held_is_told_to_nobody(scene: Scene) -> None:
    scene.gate.arrive(ONE, "Gate", "token-1")
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.resume(ONE)
    assert scene.told == []


def test_that_it_is_held_and_let_go_is_told_of_one_pause_and_never_the_token(scene: Scene) -> None:
    scene.gate.pause(ONE, "olga", "why")
    asked = iso(scene.now)
    scene.later()
    scene.gate.arrive(ONE, "Gate", "secret-token")
    since = iso(scene.now)
    scene.later()
    scene.gate.resume(ONE)
    held, let_go = scene.told
    assert held == {
        "executionArn": ONE,
        "isHeld": True,
        "askedAt": asked,
        "gate": "Gate",
        "since": since,
        "until": iso(scene.now + timedelta(seconds=HOUR - 1)),
    }
    assert let_go == {"executionArn": ONE, "isHeld": False, "askedAt": asked}


def test_it_is_told_before_it_is_answered_so_that_a_second_resume_tells_it_again(
    scene: Scene,
) -> None:
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.arrive(ONE, "Gate", "token-1")
    scene.fails = True
    with pytest.raises(TimeoutError):
        scene.gate.resume(ONE)
    scene.fails = False
    scene.gate.resume(ONE)
    assert [word["isHeld"] for word in scene.told] == [True, False, False]


def test_whoever_looks_has_told_again_how_it_stands(scene: Scene) -> None:
    scene.gate.look_and_tell(ONE)
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.look_and_tell(ONE)
    assert scene.told == []  # nothing was told of it before
    scene.gate.arrive(ONE, "Gate", "token-1")
    scene.gate.look_and_tell(ONE)
    scene.gate.resume(ONE)
    assert scene.gate.look_and_tell(ONE) == scene.gate.look(ONE)
    assert [word["isHeld"] for word in scene.told] == [True, True, False, False]


def test_who_arrives_as_one_pause_gives_way_to_the_next_is_held_for_the_next() -> None:
    class Meanwhile(Book):
        """A resume and another pause come between the look at the flag and the holding."""

        def hold(self, execution_arn: str, one: Waiting, expires: datetime) -> bool:
            if one.asked_at == first:
                scene.later()
                scene.gate.resume(execution_arn)
                scene.gate.pause(execution_arn, "anna", "again")
            return super().hold(execution_arn, one, expires)

    scene = Scene(Meanwhile())
    first = iso(scene.now)
    scene.gate.pause(ONE, "olga", "why")
    scene.gate.arrive(ONE, "Gate", "token-1")
    assert scene.answered == []
    [held] = scene.told
    assert held["askedAt"] == iso(scene.now) != first


@pytest.mark.parametrize(
    "bus",
    [
        lambda **_entries: {"Entries": [{"ErrorCode": "InternalFailure"}]},
        Mock(side_effect=refusal("AccessDeniedException", "no")),
    ],
)
def test_a_bus_that_takes_nothing_keeps_nobody_at_the_gate(bus: Any) -> None:
    GateEvents(SimpleNamespace(put_events=bus)).tell(ONE, {"isHeld": False, "askedAt": iso(NOW)})


def test_the_bus_is_told_in_the_words_of_the_contract() -> None:
    put = Mock(return_value={"Entries": [{"EventId": "1"}]})
    GateEvents(SimpleNamespace(put_events=put)).tell(ONE, {"isHeld": False, "askedAt": iso(NOW)})
    [entry] = put.call_args.kwargs["Entries"]
    detail = json.loads(entry["Detail"])
    event = {"source": entry["Source"], "detail-type": entry["DetailType"], "detail": detail}
    assert is_of_gate(event)
    assert gate_word_of(event) == GateWord(execution_arn=ONE, asked_at=iso(NOW), is_held=False)


@given(st.lists(st.sampled_from(["pause", "resume", "arrive"]), max_size=40))
@settings(max_examples=examples(300))
def test_whatever_people_do_every_arrival_is_answered_once_or_waits(steps: list[str]) -> None:
    scene = Scene()
    arrived = 0
    for step in steps:
        scene.later()
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
        newest = max(scene.told, key=lambda word: (word["askedAt"], not word["isHeld"]), default={})
        assert newest.get("isHeld", False) == bool(waiting)


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
