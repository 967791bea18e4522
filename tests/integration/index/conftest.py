"""Sample state machines, and the deployed index, for the tests beside this file."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from breakwater import contract
from breakwater.index.deployed import Deployed, index_in
from breakwater.index.pager import Pager
from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.emulator import Emulator
from tests.conftest import CHECKOUT
from tests.integration.deployed import without_rules
from tests.integration.holding import Hold
from tests.integration.waiting import until
from tests.roles import trusted_role

STACK = contract.stack_name(ENVIRONMENT, "index")
# Where they start at Hold, they run until a test lets them go on.
SAMPLES: dict[str, dict[str, Any]] = {
    "success": {"StartAt": "Hold", "States": {"End": {"Type": "Succeed"}}},
    "failure": {
        "StartAt": "Hold",
        "States": {"End": {"Type": "Fail", "Error": "Boom", "Cause": "it broke"}},
    },
    "abort": {"StartAt": "Hold", "States": {"End": {"Type": "Succeed"}}},
    "instant": {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}},
}


@dataclass(frozen=True)
class Index:
    """The deployed index, and ways to look at it."""

    aws: Emulator
    parts: Deployed
    machines: dict[str, str]
    hold: Hold

    @property
    def pager(self) -> Pager:
        return Pager(self.aws.client("dynamodb"), self.parts.table)

    def start(self, sample: str, said: Any = None, name: str | None = None) -> str:
        arn = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.machines[sample],
            name=name or f"{sample}-{uuid.uuid4()}",
            input=json.dumps(said or {}),
        )["executionArn"]
        return str(arn)

    def row(self, arn: str) -> dict[str, Any] | None:
        return self.pager.get(arn)

    def row_when(self, arn: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        found = until(lambda: (row := self.row(arn)) and is_so(row) and row)
        assert isinstance(found, dict)
        return found

    def let_end(self, arn: str) -> None:
        """Let it go on, and wait for its end, as Step Functions knows it."""
        self.hold.let_go(arn)
        self.ended(arn)

    def ended(self, arn: str) -> None:
        """Wait for its end, as Step Functions knows it."""
        states = self.aws.client("stepfunctions")
        until(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING")

    def call(self, function: str, request: dict[str, Any]) -> dict[str, Any]:
        answer = self.aws.client("lambda").invoke(
            FunctionName=function, Payload=json.dumps(request).encode()
        )
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return said

    def command(self, *words: str, status: int = 0) -> str:
        """`python -m breakwater.index …`, as an operator calls it."""
        ended = subprocess.run(
            [sys.executable, "-m", "breakwater.index", *words, "--environment", ENVIRONMENT],
            env={**self.aws.client_environment, "PYTHONPATH": str(CHECKOUT / "runtime")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == status, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Events are lost meanwhile, and no sweep comes by itself."""
        with without_rules(self.aws, "index"):
            yield


@pytest.fixture(scope="package")
def index(aws: Emulator) -> Iterator[Index]:
    """No sweep comes by itself meanwhile: it would be first with what a test waits for."""
    role = role_of_machines(aws, "sample-machines")
    hold = Hold.made(aws)
    machines = {
        name: aws.client("stepfunctions").create_state_machine(
            name=f"sample-{name}",
            definition=json.dumps(holding(definition, hold)),
            roleArn=role,
            tags=[
                {"key": "agentName", "value": f"{name}-agent"},
                {"key": "breakwater:search", "value": "order.id order.total"},
            ],
        )["stateMachineArn"]
        for name, definition in SAMPLES.items()
    }
    parts = index_in(aws.client("cloudformation"), STACK)
    with without_rules(aws, "index", "ExecutionIndexSweep"):
        yield Index(aws=aws, parts=parts, machines=machines, hold=hold)
    hold.end()


def holding(definition: dict[str, Any], hold: Hold) -> dict[str, Any]:
    """With its state Hold, where it starts there."""
    more = {"Hold": hold.state(Next="End")} if definition["StartAt"] == "Hold" else {}
    return {**definition, "States": {**definition["States"], **more}}


def role_of_machines(aws: Emulator, name: str) -> str:
    """A role that Step Functions may take; the samples call nothing."""
    return trusted_role(aws, name, "states.amazonaws.com")
