"""`python -m breakwater.index`, with services of our own and functions that answer as told."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.index.__main__ import main
from breakwater.index.row_table import RowTable
from tests.unit.index.conftest import TABLE
from tests.unit.index.rows_made import row

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Answers = list[Any]


class Session(boto3.Session):
    """A session whose functions answer as they are told; everything else is emulated."""

    def __init__(self, stacks: dict[str, Any], answers: Answers, asked: list[Any]) -> None:
        super().__init__(region_name="eu-west-1")
        self._stacks = stacks
        self._answers = answers
        self._asked = asked

    def client(self, service: str, **words: Any) -> Any:  # type: ignore[override]
        ours = service in ("lambda", "cloudformation")
        return self if ours else super().client(service, **words)  # type: ignore[call-overload]

    def describe_stacks(self, *, StackName: str) -> Any:  # noqa: N803
        if StackName not in self._stacks:
            said = f"{StackName} does not exist"
            error: Any = {"Error": {"Code": "ValidationError", "Message": said}}
            raise ClientError(error, "DescribeStacks")
        return {"Stacks": [{"Outputs": self._stacks[StackName]}]}

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Any:  # noqa: N803
        self._asked.append((FunctionName, json.loads(Payload)))
        said = self._answers.pop(0)
        if isinstance(said, KeyboardInterrupt):
            raise said
        wrong = {"FunctionError": "Unhandled"} if "errorMessage" in said else {}
        return {"Payload": io.BytesIO(json.dumps(said).encode()), **wrong}


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def asked() -> list[Any]:
    return []


@pytest.fixture
def command(
    dynamodb: "DynamoDBClient", asked: list[Any], capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    sqs = boto3.client("sqs", region_name="eu-west-1")
    queue, letters = (sqs.create_queue(QueueName=n)["QueueUrl"] for n in ("from", "aside-here"))
    parts = {
        "table": TABLE,
        "queue": queue,
        "deadLetters": letters,
        "sweep": "the-sweep",
        "backfill": "the-backfill",
    }
    ours = {
        "OutputKey": "P",
        "Description": contract.INDEX_PARTS_OUTPUT,
        "OutputValue": json.dumps(parts),
    }
    other = {"OutputKey": "Q", "Description": "something else", "OutputValue": "x"}
    theirs = {**ours, "OutputKey": "R", "OutputValue": json.dumps({**parts, "table": "theirs"})}
    stacks = {"mine": [ours, other], "empty": [], "several": [ours, theirs]}
    table = RowTable(dynamodb, TABLE)
    for one in (
        row("good", duration_seconds=1.5),
        row("bad", status="FAILED", error="Boom", conflict=[{"status": "ABORTED"}]),
    ):
        table.write(one, after=None)

    def run(*words: str, answers: Answers | None = None) -> tuple[int, str]:
        stack = () if "--stack" in words else ("--stack", "mine")
        status = main(
            [*words, *stack], make_session=lambda **_words: Session(stacks, answers or [], asked)
        )
        said = capsys.readouterr()
        return status, said.out + said.err

    yield run
    for url in (queue, letters):
        sqs.delete_queue(QueueUrl=url)


def test_a_query_prints_a_line_for_each(command: Command) -> None:
    status, said = command("query", "--since", "2026-11-20", "--until", "2026-11-21")
    assert status == 0
    assert "SUCCEEDED       1.500 s  orders  good" in said
    assert "bad  Boom  (in conflict)" in said
    assert command("query", "--agent", "nobody") == (0, "Nothing found.\n")


def test_a_query_says_how_it_goes_on(command: Command) -> None:
    _, said = command("query", "--limit", "1")
    assert "More: --cursor " in said
    cursor = said.split("--cursor ")[1].strip()
    _, rest = command("query", "--limit", "1", "--cursor", cursor)
    assert "More" not in rest
    _, everything = command("query", "--limit", "1", "--all", "--json")
    assert [len(json.loads(line)["items"]) for line in everything.splitlines()] == [1, 1]


def test_a_question_that_says_24h_goes_on_from_the_moment_at_which_it_was_asked(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    monkeypatch.setattr("breakwater.platform.clock.now", lambda: now[0])
    words = ("query", "--since", "24h", "--limit", "1")
    _, said = command(*words)
    now[0] += timedelta(hours=13)  # by now, a day ago is after both rows
    status, rest = command(*words, "--cursor", said.split("--cursor ")[1].strip())
    assert (status, "SUCCEEDED" in said, "FAILED" in rest) == (0, True, True)
    cursor = json.loads(command(*words, "--json")[1])["nextCursor"]
    assert cursor is None


def test_what_others_wrote_neither_breaks_the_list_nor_commands_the_terminal(
    command: Command, dynamodb: "DynamoDBClient"
) -> None:
    RowTable(dynamodb, TABLE).write(row("odd", status="FAILED", error="a\n\x1b[2Jb"), after=None)
    _, said = command("query", "--name-prefix", "odd")
    assert said.splitlines()[0].endswith(
        "odd  a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2Jb"
    )


def test_whoever_has_seen_enough_may_leave(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_words: Any, **_options: Any) -> None:
        raise BrokenPipeError

    closed: list[int] = []
    monkeypatch.setattr("breakwater.index.__main__.close_quietly", lambda: closed.append(1))
    monkeypatch.setattr("builtins.print", gone)
    assert command("query") == (1, "")
    assert closed == [1]


def test_a_stack_may_have_several(command: Command) -> None:
    status, said = command("query", "--stack", "several")
    assert (status, "--table index or theirs" in said) == (2, True)
    assert "good" in command("query", "--stack", "several", "--table", TABLE)[1]
    assert "none with the table x" in command("query", "--stack", "several", "--table", "x")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--since", ""], "since is ''"),
        (["--day", ""], "day is ''"),
        (["--cursor", ""], "The cursor is none"),
        (["--cursor", "soon~x"], "The cursor is none"),
        (["--cursor", "2026-11-20~x"], "The cursor is none"),
        (["--status", "BAD"], "give one of"),
        (["--day", "x"], "day is 'x'"),
        (["--day", "2026-11-20", "--since", "1h"], "not both"),
        (["--search", "order.id"], "PATH=VALUE"),
        (["--ended-since", "soon"], "ended-since is 'soon'"),
        (["--stack", "empty"], "has 0 execution indexes"),
        (["--stack", "absent"], "There is no stack absent"),
    ],
)
def test_what_is_not_understood_is_explained(command: Command, words: list[str], said: str) -> None:
    status, output = command("query", *words)
    assert status == 2
    assert said in output


def test_ended_and_search_reach_the_question(command: Command) -> None:
    assert "good" in command("query", "--ended-day", "2026-11-20", "--name-prefix", "g")[1]
    assert command("query", "--search", "order.id=A-1")[1] == "Nothing found.\n"


PROGRESS = {
    "machines": 2,
    "machines_done": 1,
    "listed": 9,
    "written": 7,
    "known": 1,
    "expired": 1,
    "resumed": True,
    "done": False,
    "stoppedBy": "the end of its time",
}


def test_a_backfill_goes_on_until_it_is_done(
    command: Command, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    machine = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"
    status, said = command(
        *("backfill", "--afresh", "--no-details", "--page-size", "20"),
        *("--state-machine", f"{machine}:3"),
        answers=[{"busyUntil": "soon"}, PROGRESS, {**PROGRESS, "done": True}],
    )
    assert status == 0
    assert "Another backfill is under way" in said
    assert "went on: 1 of 2 state machines, 9 executions listed" in said
    assert [request["afresh"] for _, request in asked] == [True, True, False]
    assert asked[0] == (
        "the-backfill",
        {"details": False, "afresh": True, "stateMachineArn": machine, "pageSize": 20},
    )


def test_a_backfill_that_is_interrupted_says_how_to_go_on(command: Command) -> None:
    status, said = command("backfill", answers=[PROGRESS, KeyboardInterrupt()])
    assert status == 1
    assert "the same command goes on" in said
    assert command("backfill", "--state-machine", "orders")[0] == 2


def test_a_function_that_fails_is_quoted(command: Command) -> None:
    status, said = command("sweep", answers=[{"errorMessage": "AccessDenied: no"}])
    assert status == 2
    assert "the-sweep ended in an error: AccessDenied: no" in said


def test_a_sweep_tells_what_it_did(command: Command, asked: list[Any]) -> None:
    report: dict[str, Any] = dict.fromkeys(
        ("machines", "listed", "asked", "repaired", "missed", "gone"), 3
    )
    assert command("sweep", answers=[{**report, "stoppedBy": None}])[0] == 0
    status, said = command("sweep", "--thorough", answers=[{**report, "stoppedBy": "its time"}])
    assert (status, "3 repaired" in said, "stopped by its time" in said) == (1, True, True)
    assert asked[-1] == ("the-sweep", {"thorough": True})
    assert command("sweep", answers=[{"busyUntil": "soon"}])[0] == 1
    assert "stoppedBy" in command("sweep", "--json", answers=[{**report, "stoppedBy": None}])[1]


def test_health_before_anything_ran(command: Command) -> None:
    status, said = command("health")
    assert status == 1
    assert "No sweep has ended yet" in said
    assert json.loads(command("health", "--json")[1])["deadLetters"] == 0


def test_replay_of_nothing(command: Command) -> None:
    assert command("replay") == (0, "0 were sent back to be indexed.\n")
    assert command("replay", "--look") == (0, "0 lie there.\n")


def test_an_export_is_json_lines_by_day(command: Command) -> None:
    s3 = boto3.client("s3", region_name="eu-west-1")
    s3.create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    status, said = command(
        "export",
        "--bucket",
        "mine",
        "--prefix",
        "/a/",
        "--since",
        "2026-11-20",
        "--until",
        "2026-11-21",
    )
    assert (status, "2 rows." in said) == (0, True)
    [entry] = s3.list_objects_v2(Bucket="mine")["Contents"]
    assert entry["Key"] == "a/day=2026-11-20/part-00000.jsonl.gz"
    body = s3.get_object(Bucket="mine", Key=entry["Key"])["Body"].read()
    names = {json.loads(line)["executionName"] for line in gzip.decompress(body).splitlines()}
    assert names == {"good", "bad"}
    assert command("export", "--bucket", "mine", "--json", "--until", "2026-11-01") == (0, "")
    wrong = ("--since", "2026-12-01", "--until", "2026-11-01")
    assert "begin before the end" in command("export", "--bucket", "mine", *wrong)[1]


def test_a_day_that_is_exported_again_loses_none_of_its_rows(command: Command) -> None:
    """Whatever the hour at which the period begins: both rows began before."""
    s3 = boto3.client("s3", region_name="eu-west-1")
    place = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="again", CreateBucketConfiguration=place)  # type: ignore[arg-type]
    _, said = command("export", "--bucket", "again", "--since", "2026-11-20T17:30:00Z")
    assert "2 rows." in said
