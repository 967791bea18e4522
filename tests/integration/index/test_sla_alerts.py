"""Workflows that take too long, on the embedded AWS: told once to a topic, and noted on the row."""

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from breakwater import contract
from breakwater.index.row import Row
from breakwater.index.row_table import RowTable
from breakwater.index.rows import Overtaken
from breakwater.platform import clock
from breakwater.platform.clock import iso
from breakwater.workflows.rollups.profiles import Profiles
from breakwater.workflows.rollups.rollup_table import RollupTable
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.emulator import Emulator
from tests.integration.deployed import resources, table, without_rules
from tests.integration.index.conftest import role_of_machines
from tests.integration.waiting import until

STATES: dict[str, Any] = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Pass", "Next": "Pay"},
        "Pay": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Last"},
        "Last": {"Type": "Succeed"},
    },
}
LONG = 600_000


@dataclass(frozen=True)
class Watch:
    """The sweep, its topic as somebody hears it, and a state machine with a target."""

    aws: Emulator
    sweep: str
    queue: str
    table: RowTable
    machine: str
    other: str
    """Of which the sweep has not been asked yet: it keeps profiles for some minutes."""

    def start(self, seconds: int = LONG, machine: str | None = None) -> str:
        arn = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=machine or self.machine,
            name=uuid.uuid4().hex,
            input=json.dumps({"seconds": seconds}),
        )["executionArn"]
        until(lambda: self.table.read([arn]))
        return str(arn)

    def row(self, arn: str) -> Row:
        return self.table.read([arn])[arn]

    def change(self, arn: str, change: Callable[[Row], Row]) -> None:
        """As if it had begun earlier, say."""

        def written() -> bool:
            before = self.row(arn)
            after = replace(change(before), revision=before.revision + 1)
            with contextlib.suppress(Overtaken):
                self.table.write(after, after=before)
                return True
            return False

        until(written)

    def swept(self) -> dict[str, Any]:
        answer = self.aws.client("lambda").invoke(FunctionName=self.sweep, Payload=b"{}")
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return said

    def hears(self, arn: str) -> dict[str, Any]:
        """The one message about this execution."""
        found: list[dict[str, Any]] = []

        def comes() -> bool:
            found.extend(self.heard(arn))
            return bool(found)

        until(comes)
        [one] = [*found, *self.heard(arn)]
        return one

    def heard(self, arn: str) -> list[dict[str, Any]]:
        """Messages about this execution, until none comes. Nobody but tests lets the sweep run."""
        sqs, found = self.aws.client("sqs"), []
        workflow = _id(arn)
        while messages := sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
        ).get("Messages"):
            for message in messages:
                body = json.loads(message["Body"])
                if workflow in body["Message"]:
                    found.append(body)
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found


def _id(arn: str) -> str:
    return str(WorkflowId(EngineName.STEP_FUNCTIONS, arn))


@pytest.fixture(scope="module")
def watch(aws: Emulator) -> Iterator[Watch]:
    name = f"watched-{uuid.uuid4().hex[:8]}"
    sqs, sns = aws.client("sqs"), aws.client("sns")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    may = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    [topic] = [
        arn
        for logical, arn in resources(aws, "recovery", "AWS::SNS::Topic").items()
        if logical.startswith("NotificationsMessages")
    ]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)[
        "SubscriptionArn"
    ]
    [sweep] = [
        function
        for logical, function in resources(aws, "recovery", "AWS::Lambda::Function").items()
        if logical.startswith("SlaAlertsSweep")
    ]
    role = role_of_machines(aws, f"{name}-machines")
    machine, other = (
        aws.client("stepfunctions").create_state_machine(
            name=one,
            definition=json.dumps(STATES),
            roleArn=role,
            tags=[{"key": contract.SLA_TAG, "value": "3600"}],
        )["stateMachineArn"]
        for one in (name, f"{name}-slow")
    )
    rows = RowTable(aws.client("dynamodb"), table(aws, "index", "ExecutionIndex"))
    with without_rules(aws, "recovery", "SlaAlerts"):
        yield Watch(aws, sweep, queue, rows, machine, other)
    sns.unsubscribe(SubscriptionArn=subscription)


def _begun(minutes: float) -> Callable[[Row], Row]:
    start = iso(clock.now() - timedelta(minutes=minutes))
    return lambda row: replace(row, start_date=start)


def test_a_warning_and_a_breach_are_each_told_once_and_noted(watch: Watch) -> None:
    arn = watch.start()
    assert watch.row(arn).sla_target_seconds == 3600
    watch.change(arn, _begun(55))
    watch.swept()
    watch.swept()
    warned = watch.hears(arn)
    assert warned["MessageAttributes"]["kind"]["Value"] == "slaAtRisk"
    assert warned["MessageAttributes"]["environment"]["Value"] == ENVIRONMENT
    assert "target at risk" in warned["Subject"]
    noted = watch.row(arn)
    assert noted.sla_warned_at
    assert (noted.sla_breached_at, noted.untold) == (None, None)
    watch.change(arn, _begun(61))
    watch.swept()
    watch.swept()
    breached = watch.hears(arn)
    assert breached["MessageAttributes"]["kind"]["Value"] == "slaBreached"
    assert "and still runs" in breached["Message"]
    assert watch.row(arn).sla_breached_at
    watch.aws.client("stepfunctions").stop_execution(executionArn=arn)
    until(lambda: watch.row(arn).status == "ABORTED")
    assert watch.row(arn).sla_breached_at, "an event that comes later keeps it"
    watch.swept()
    assert watch.heard(arn) == []


def test_what_was_claimed_by_a_sweep_that_died_is_told_by_another(watch: Watch) -> None:
    arn = watch.start()
    long_ago = iso(clock.now() - timedelta(minutes=1))
    watch.change(
        arn,
        lambda row: replace(
            row, sla_breached_at=long_ago, untold=["slaBreached"], quiet_until=long_ago
        ),
    )
    watch.swept()
    told = watch.hears(arn)
    assert told["MessageAttributes"]["kind"]["Value"] == "slaBreached"
    watch.swept()
    assert watch.heard(arn) == []
    watch.aws.client("stepfunctions").stop_execution(executionArn=arn)


def test_a_state_slower_than_its_p95_is_told_by_its_name(watch: Watch, aws: Emulator) -> None:
    rollups = RollupTable(aws.client("dynamodb"), table(aws, "index", "Rollups"))
    profiles = Profiles(rollups, clock.now)

    def enough() -> bool:
        """Those whose histories there was no budget to read do not count: others do."""
        for _ in range(5):
            watch.start(1, watch.other)
        known = profiles.of([watch.other])[watch.other].steps.get("Pay")
        return known is not None and known.count >= 20

    until(enough, every=2)
    arn = watch.start(machine=watch.other)

    def is_slow() -> bool:
        """Sooner or later it lasts longer than any that were quick."""
        past = iso(clock.now() - timedelta(seconds=1))
        watch.change(arn, lambda row: replace(row, look_at=past))
        watch.swept()
        watch.swept()
        return watch.row(arn).slow_state is not None

    until(is_slow)
    row = watch.row(arn)
    assert (row.slow_state, row.untold) == ("Pay", None)
    assert row.slow_state_since
    told = watch.hears(arn)
    assert told["MessageAttributes"]["kind"]["Value"] == "slowState"
    assert "in the state Pay" in told["Message"]
    watch.aws.client("stepfunctions").stop_execution(executionArn=arn)
