"""Sweep and backfill with everything around them, on emulated services."""

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.backfill_job import BackfillJob
from breakwater.index.day_book import STARTED, DayBook
from breakwater.index.day_pruning import prune
from breakwater.index.health_record import HealthRecord
from breakwater.index.lease import BACKFILL, SWEEP, Lease
from breakwater.index.malformed import Malformed
from breakwater.index.pager import Pager
from breakwater.index.question import question
from breakwater.index.quota import rates
from breakwater.index.row_table import RowTable
from breakwater.index.step_functions import (
    NoSuchMachine,
    StaleToken,
    StepFunctions,
    TooFast,
    Unanswered,
)
from breakwater.index.sweep import NotMended, Options
from breakwater.index.sweep_job import SweepJob
from breakwater.index.sweep_request import options_of
from breakwater.platform import clock
from tests.unit.index.conftest import TABLE
from tests.unit.index.rows_made import row
from tests.unit.index.world import ACCOUNT, START

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class FakeContext:
    """What Lambda says of a call."""

    function_name = aws_request_id = "sweep"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:sweep"


THOROUGH = Options(settle=timedelta(0), audit_every=timedelta(0))


@dataclass
class Services:
    """Step Functions with one state machine and some executions; queues; the table."""

    dynamodb: Any
    states: Any
    sqs: Any
    dead_letters: str
    machine: str
    executions: list[str]

    @property
    def shared(self) -> dict[str, Any]:
        return {
            "dynamodb": self.dynamodb,
            "states": self.states,
            "table": TABLE,
            "settings": IndexSettings(search={"orders": ["order.id"]}),
            "clock": clock.now,
        }

    def sweep(self, options: Options = THOROUGH) -> dict[str, Any]:
        job = SweepJob(sqs=self.sqs, dead_letters=self.dead_letters, **self.shared)
        return job.run(options)

    def backfill(self, **request: Any) -> dict[str, Any]:
        return BackfillJob(**self.shared).run(request)

    def statuses(self) -> dict[str, str]:
        found = Pager(self.dynamodb, TABLE).page(question(limit=1000)).items
        return {item["executionArn"]: item["status"] for item in found}


@pytest.fixture
def services(dynamodb: "DynamoDBClient") -> Iterator[Services]:
    states: Any = boto3.client("stepfunctions", region_name="eu-west-1")
    sqs: Any = boto3.client("sqs", region_name="eu-west-1")
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    machine = states.create_state_machine(
        name="orders",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/x",
        tags=[{"key": "agentName", "value": "shop"}],
    )["stateMachineArn"]
    executions = [
        states.start_execution(
            stateMachineArn=machine, name=f"run-{n}", input=json.dumps({"order": {"id": n}})
        )["executionArn"]
        for n in range(4)
    ]
    letters = sqs.create_queue(QueueName="aside")["QueueUrl"]
    yield Services(dynamodb, states, sqs, letters, machine, executions)
    states.delete_state_machine(stateMachineArn=machine)


def test_a_sweep_writes_what_is_missing_and_closes_what_ended(services: Services) -> None:
    report = services.sweep()
    assert (report["repaired"], report["complete"], report["machines"]) == (4, True, 1)
    assert set(services.statuses().values()) == {"RUNNING"}
    services.states.stop_execution(executionArn=services.executions[0])
    assert services.sweep()["repaired"] == 1
    assert services.statuses()[services.executions[0]] == "ABORTED"
    assert services.sweep()["repaired"] == 0
    found = Pager(services.dynamodb, TABLE).page(question(agent="shop", search={"order.id": 2}))
    assert [item["executionName"] for item in found.items] == ["run-2"]


def test_the_health_record_tells_what_it_did(services: Services) -> None:
    services.sqs.send_message(QueueUrl=services.dead_letters, MessageBody="x")
    services.sweep()
    services.sweep()
    record = HealthRecord(services.dynamodb, TABLE).read()
    assert (record["repairs"], record["lastSweepRepairs"], record["deadLetters"]) == (4, 0, 1)
    assert record["sweepMinutes"] == 5
    assert record["lastSweepComplete"] is True


def test_what_a_sweep_could_not_mend_is_noted_and_raises_the_alarm(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, refused = services.states.describe_execution, services.executions[0]

    def describe(*, executionArn: str, **words: Any) -> Any:  # noqa: N803
        if executionArn == refused:
            raise RuntimeError("too much")
        return whole(executionArn=executionArn, **words)

    monkeypatch.setattr(services.states, "describe_execution", describe)
    monkeypatch.setenv(contract.EXECUTION_INDEX.variable, TABLE)
    monkeypatch.setenv(contract.INDEX_DEAD_LETTERS_VARIABLE, services.dead_letters)
    monkeypatch.setenv(contract.INDEX_SETTINGS_VARIABLE, "{}")
    sweeping = importlib.import_module("breakwater.handlers.index_sweep")
    shared = {**services.shared, "sqs": services.sqs, "dead_letters": services.dead_letters}
    monkeypatch.setattr(sweeping, "_job", SweepJob(**shared))
    with pytest.raises(NotMended, match=f"1 executions .*: {refused}: RuntimeError: too much"):
        sweeping.handler({"thorough": True}, FakeContext())
    assert len(services.statuses()) == 3
    record = HealthRecord(services.dynamodb, TABLE).read()
    assert record["lastSweepFailures"] == [f"{refused}: RuntimeError: too much"]
    assert '"Repairs":[3.0]' in capsys.readouterr().out.replace(" ", "")


def test_two_sweeps_do_not_run_at_once(services: Services) -> None:
    now = clock.now()
    Lease(services.dynamodb, TABLE, SWEEP).take(now, now + timedelta(minutes=5))
    assert services.sweep().keys() == {"busyUntil"}


def test_a_sweep_that_fails_leaves_its_place_and_its_lease(services: Services) -> None:
    class Broken:
        meta = services.states.meta

        def list_state_machines(self, **_words: Any) -> Any:
            raise RuntimeError("no network")

    whole, services.states = services.states, Broken()
    with pytest.raises(RuntimeError, match="no network"):
        services.sweep()
    services.states = whole
    assert services.sweep()["repaired"] == 4


def test_a_sweep_takes_half_of_the_share_while_a_backfill_runs(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []

    def noted(region: str, share: float) -> Any:
        shares.append(share)
        return rates(region, share)

    monkeypatch.setattr("breakwater.index.sweep_job.rates", noted)
    services.sweep()
    now = clock.now()
    Lease(services.dynamodb, TABLE, BACKFILL).take(now, now + timedelta(minutes=5))
    assert services.sweep()["complete"]
    assert shares == [0.5, 0.25]


def test_a_request_may_be_thorough() -> None:
    assert options_of({"thorough": True}) == THOROUGH
    assert options_of({"source": "aws.events"}).settle == timedelta(minutes=1)


def test_a_backfill_in_slices_of_pages(services: Services) -> None:
    progress = services.backfill(pageSize=1)
    assert (progress["done"], progress["written"], progress["resumed"]) == (True, 4, False)
    assert len(services.statuses()) == 4
    again = services.backfill(stateMachineArn=services.machine, details=False)
    assert (again["known"], again["written"], again["resumed"]) == (4, 0, False)


def test_a_backfill_goes_on_where_it_was_unless_told_to_begin_again(services: Services) -> None:
    services.backfill()
    lease = Lease(services.dynamodb, TABLE, BACKFILL)
    now = clock.now()
    kept = lease.take(now, now + timedelta(minutes=5))["progress"]
    lease.save({"progress": {**kept, "done": False, "after_machine": "z"}}, done=True)
    went_on = services.backfill()
    assert (went_on["resumed"], went_on["listed"]) == (True, 4)  # nothing more was listed
    assert services.backfill(afresh=True)["resumed"] is False


def test_one_machine_asked_for_on_the_way_neither_ends_nor_loses_the_whole(
    services: Services,
) -> None:
    services.backfill()
    lease = Lease(services.dynamodb, TABLE, BACKFILL)
    now = clock.now()
    kept = lease.take(now, now + timedelta(minutes=5))["progress"]
    halfway = {**kept, "done": False, "after_machine": "z", "listed": 40}
    one = {**kept, "done": False, "only": f"{services.machine}-other"}
    lease.save({"progress": halfway, "progressOfOne": one}, done=True)
    alone = services.backfill(stateMachineArn=services.machine, details=False)
    assert (alone["resumed"], alone["only"], alone["known"]) == (False, services.machine, 4)
    whole = services.backfill(details=False)
    assert (whole["resumed"], whole["only"], whole["listed"]) == (True, None, 40)
    assert whole["details"] is False  # for what is left, the last word counts


@pytest.mark.parametrize(
    "request_", [{"seconds": 0}, {"seconds": "1"}, {"pageSize": 1001}, {"stateMachineArn": "x"}]
)
def test_a_backfill_that_is_not_understood_changes_nothing(
    services: Services, request_: dict[str, Any]
) -> None:
    with pytest.raises(Malformed):
        services.backfill(**request_)
    assert services.statuses() == {}


def test_days_without_rows_leave_the_book_once_they_are_old(dynamodb: "DynamoDBClient") -> None:
    RowTable(dynamodb, TABLE).write(row("one"), after=None)
    book = DayBook(dynamodb, TABLE)
    book.note(started="2026-11-01", ended=None)
    assert prune(dynamodb, TABLE, 90, START + timedelta(days=30)) == {}
    # 2026-11-01 and ninety days, and three more: DynamoDB may still be dropping its rows.
    assert prune(dynamodb, TABLE, 90, START + timedelta(days=90 - 19 + 3)) == {}
    late = START + timedelta(days=120)
    assert prune(dynamodb, TABLE, None, late) == {}
    assert prune(dynamodb, TABLE, 90, late) == {STARTED: ["2026-11-01"]}
    assert book.days(STARTED) == ["2026-11-20"]


class Refusing:
    """Step Functions that refuses with this code, at first or for good."""

    def __init__(self, code: str, then: Any = None) -> None:
        self._code = code
        self._then = then
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**words: Any) -> Any:
            self.asked.append(words)
            if self._then is not None and len(self.asked) > 1:
                return self._then
            raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, operation)

        return call


def states(client: Any, throttled: list[str] | None = None) -> StepFunctions:
    told = throttled if throttled is not None else []
    return StepFunctions(client, lambda: START, throttled=told.append)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("StateMachineDoesNotExist", NoSuchMachine),
        ("StateMachineTypeNotSupported", NoSuchMachine),
        ("InvalidToken", StaleToken),
        ("ThrottlingException", TooFast),
        ("KmsThrottlingException", TooFast),
        ("AccessDeniedException", ClientError),
    ],
)
def test_a_list_that_is_refused(code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        states(Refusing(code)).executions("arn", status="RUNNING", token="t")


def test_an_execution_that_does_not_exist_is_none() -> None:
    assert states(Refusing("ExecutionDoesNotExist")).describe("arn") is None


def test_being_throttled_is_told_to_the_pace() -> None:
    told: list[str] = []
    with pytest.raises(TooFast):
        states(Refusing("ThrottlingException"), told).tags("arn")
    assert told == ["ListTagsForResource"]


@pytest.mark.parametrize("code", ["AccessDeniedException", "KmsThrottlingException"])
def test_tags_that_may_not_be_read_are_no_answer(code: str) -> None:
    with pytest.raises(Unanswered):
        states(Refusing(code)).tags("arn")


def test_tags_of_a_machine_that_is_gone_are_none() -> None:
    assert states(Refusing("ResourceNotFound")).tags("arn") == {}


def test_of_an_encrypted_execution_what_may_be_seen_is_seen() -> None:
    answer = {
        "executionArn": f"{ACCOUNT}:execution:orders:run",
        "stateMachineArn": f"{ACCOUNT}:stateMachine:orders",
        "name": "run",
        "status": "SUCCEEDED",
        "startDate": START,
        "stopDate": datetime.fromisoformat("2026-11-20T01:00:00+01:00"),
    }
    client = Refusing("KmsAccessDeniedException", then=answer)
    seen = states(client).describe("arn")
    assert seen
    assert (seen.status, seen.input, seen.stopped) == ("SUCCEEDED", None, START)
    assert client.asked[1]["includedData"] == "METADATA_ONLY"
