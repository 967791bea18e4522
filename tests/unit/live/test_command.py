"""`python -m breakwater.live watch`, and what it prints."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from breakwater.live.__main__ import API_VARIABLE, TOKEN_VARIABLE, main
from breakwater.live.change_text import line
from breakwater.live.client import NotAllowed
from breakwater.live.inbox import Received
from breakwater.live.ticket_request import TicketRefused

SET = {TOKEN_VARIABLE: "token", API_VARIABLE: "https://api.example.com/api"}
ENDED = {
    "type": "workflowStatusChanged",
    "workflowId": "20261120-162732-b2745d11",
    "at": "2026-11-20T21:03:07.000Z",
    "oldStatus": "RUNNING",
    "newStatus": "COMPLETED",
    "durationSeconds": 12.0,
    "endedAt": None,
    "error": None,
}


class Client:
    """Says what a test wants to be heard."""

    topics: list[str]
    failure: Exception | None = None

    def __init__(self, topics: list[str], ask: Any) -> None:
        Client.topics = topics

    def received(self) -> Iterator[Received | None]:
        yield None
        yield Received(deltas=(ENDED,))
        yield Received(reload=True)
        if Client.failure is not None:
            raise Client.failure


@pytest.fixture(autouse=True)
def _well() -> None:
    Client.failure = None


def run(*words: str, environment: dict[str, str] = SET) -> int:
    make: Any = Client
    return main(["watch", *words], environment=environment, make_client=make)


def test_changes_are_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split("  ")[0] == "21:03:07"
    assert "RUNNING → COMPLETED" in first
    assert "look at the list" in second
    assert Client.topics == ["list"]


def test_changes_are_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("20261120-162732-b2745d11", "--json") == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == ENDED
    assert second["type"] == "reload"
    assert Client.topics == ["workflow:20261120-162732-b2745d11"]


def test_an_execution_may_be_named_by_its_arn() -> None:
    assert run("arn:aws:states:eu-west-1:111122223333:execution:orders:one") == 0
    assert Client.topics[0].startswith("workflow:YXJu")


def test_without_a_token_it_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(environment={}) == 2
    assert "make -s token" in capsys.readouterr().err


def test_what_can_be_no_id_is_refused_before_anybody_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("nonsense") == 2
    assert "is no topic" in capsys.readouterr().err


@pytest.mark.parametrize("failure", [TicketRefused("no role"), NotAllowed("forbidden")])
def test_a_refusal_is_said(failure: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    Client.failure = failure
    assert run() == 1
    assert str(failure) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("delta", "said"),
    [
        ({"type": "workflowStarted", "name": "Shop", "isDrill": True, "status": "PENDING"},
         "started: drill of Shop  PENDING"),
        ({"type": "waveUpdated", "name": "db", "oldStatus": "LAUNCHING", "newStatus": "COMPLETED",
          "servers": 2, "serversLaunched": 2, "reason": None},
         "wave db  LAUNCHING → COMPLETED  2 of 2 servers"),
        ({"type": "serverUpdated", "name": "db-01", "oldStatus": "LAUNCHING",
          "newStatus": "FAILED", "cause": "no capacity"},
         "server db-01  LAUNCHING → FAILED  no capacity"),
        ({"type": "stepFailed", "path": "A[0]/B", "status": "failed", "durationSeconds": 1.25,
          "error": "Boom"}, "step A[0]/B  failed  1.2 s  Boom"),
        ({"type": "slaWarning", "name": "one", "targetSeconds": 60}, "target at risk: one  60 s"),
        ({"type": "slaBreached", "name": "one", "targetSeconds": 60}, "target missed: one  60 s"),
        ({"type": "indexHealth", "status": "unwell", "reasons": ["late", "lost"]},
         "index unwell  late; lost"),
        ({"type": "somethingNew"}, "somethingNew"),
    ],
)  # fmt: skip
def test_every_delta_is_a_line(delta: dict[str, Any], said: str) -> None:
    told = line({"at": "2026-11-20T21:03:07.000Z", "workflowId": "x" * 100, **delta})
    assert told.endswith(said)
    assert len(told.split("  ")[1]) <= 32
