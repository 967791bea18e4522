"""`python -m breakwater.live watch`, and what it prints."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from breakwater.live.__main__ import API_VARIABLE, TOKEN_VARIABLE, main
from breakwater.live.change_text import line
from breakwater.live.client import NotAllowed
from breakwater.live.inbox import Received
from breakwater.live.ticket_request import TicketRefused
from tests.conftest import CHECKOUT

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

    def __init__(self, topics: list[str], ask: Any, *, tell: Any) -> None:
        Client.topics = topics
        self.tell = tell

    def received(self) -> Iterator[Received | None]:
        self.tell("trying again")
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


def test_how_the_connection_goes_is_said_beside_the_changes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("--json") == 0
    said = capsys.readouterr()
    assert said.err == "(trying again)\n"
    assert all(json.loads(one) for one in said.out.splitlines())


@pytest.mark.parametrize("api", ["nonsense", "ftp://x/api", "https:///api", "http//localhost"])
def test_what_can_be_no_address_is_refused_at_once(
    api: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--api", api) == 2
    assert "is no address of an API" in capsys.readouterr().err


def test_whoever_reads_no_further_ends_it() -> None:
    """As `| head -1` does: no trace of an error, and an end that is none."""
    program = (
        "import sys\n"
        "from tests.unit.live import test_command as it\n"
        "it.Client.received = lambda self: iter([it.Received(deltas=(it.ENDED,) * 5)] * 5000)\n"
        "sys.exit(it.run('--json'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        assert json.loads(command.stdout.readline()) == ENDED
        command.stdout.close()
        assert command.stderr.read() == b""
        assert command.wait(timeout=60) == 0


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


def test_nobody_elses_name_leads_the_terminal_astray() -> None:
    name = "\x1b[2J\x1b]0;x\x07a\nb\u202e"
    told = line({"type": "slaWarning", "at": ENDED["at"], "name": name, "targetSeconds": 6})
    assert told.endswith("target at risk: [2J]0;xa b  6 s")
