"""Sample state machines, and the deployed index, for the tests beside this file."""

import json
import subprocess
import sys
import time
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
from tests.integration.deployed import resources
from tests.roles import trusted_role

STACK = contract.stack_name(ENVIRONMENT, "index")
WAIT = {"Type": "Wait", "Seconds": 120, "Next": "End"}  # two seconds, there
SAMPLES: dict[str, dict[str, Any]] = {
    "success": {"StartAt": "Wait", "States": {"Wait": WAIT, "End": {"Type": "Succeed"}}},
    "failure": {
        "StartAt": "Wait",
        "States": {"Wait": WAIT, "End": {"Type": "Fail", "Error": "Boom", "Cause": "it broke"}},
    },
    "abort": {
        "StartAt": "Wait",
        "States": {"Wait": {**WAIT, "Seconds": 6000}, "End": {"Type": "Succeed"}},
    },
    "instant": {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}},
}


@dataclass(frozen=True)
class Index:
    """The deployed index, and ways to look at it."""

    aws: Emulator
    parts: Deployed
    machines: dict[str, str]

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
        events, lost = self.aws.client("events"), list(self._rules())
        for rule in lost:
            events.disable_rule(Name=rule)
        try:
            yield
        finally:
            for rule in lost:
                events.enable_rule(Name=rule)

    def _rules(self) -> Iterator[str]:
        for physical in resources(self.aws, "index", "AWS::Events::Rule").values():
            yield physical.rsplit("/", 1)[-1]


def until(happens: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What it returns, once that is something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = happens()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not happen within {seconds} s")


@pytest.fixture(scope="package")
def index(aws: Emulator) -> Index:
    role = role_of_machines(aws, "sample-machines")
    machines = {
        name: aws.client("stepfunctions").create_state_machine(
            name=f"sample-{name}",
            definition=json.dumps(definition),
            roleArn=role,
            tags=[
                {"key": "agentName", "value": f"{name}-agent"},
                {"key": "breakwater:search", "value": "order.id order.total"},
            ],
        )["stateMachineArn"]
        for name, definition in SAMPLES.items()
    }
    parts = index_in(aws.client("cloudformation"), STACK)
    return Index(aws=aws, parts=parts, machines=machines)


def role_of_machines(aws: Emulator, name: str) -> str:
    """A role that Step Functions may take; the samples call nothing."""
    return trusted_role(aws, name, "states.amazonaws.com")
