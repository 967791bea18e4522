"""What the portal's stories and pictures look at: ended runs, an execution that failed."""

import json
import time
from collections.abc import Callable
from typing import Any

from breakwater_local.emulator import ACCOUNT, Emulator
from breakwater_local.operations import Operations, Refused
from tests.roles import trusted_role

PATIENCE_SECONDS = 420
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT")
ORDERS = {
    "StartAt": "Validate order",
    "States": {
        "Validate order": {"Type": "Pass", "Next": "In stock?"},
        "In stock?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.inStock", "BooleanEquals": True, "Next": "Take payment"}],
            "Default": "Order failed",
        },
        "Take payment": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "there-is-no-such-function", "Payload.$": "$"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Order failed"}],
            "Next": "Done",
        },
        "Order failed": {"Type": "Fail", "Error": "PaymentFailed", "Cause": "It was not taken."},
        "Done": {"Type": "Succeed"},
    },
}


def ended_run(commander: Operations, plan: str) -> str:
    """A drill that is cancelled as soon as it runs: short, and with waves in all states."""
    run = _begun(commander, {"planId": plan, "isDrill": True})
    _wait(lambda: commander.get(f"/executions/{run}")["wavesEnded"] >= 1)
    cancelled = {"reason": "enough for the pictures", "cleanup": True}
    commander.post(f"/executions/{run}/cancel", cancelled)
    _wait(lambda: commander.get(f"/executions/{run}")["status"] in ENDED)
    return run


def completed_run(commander: Operations, plan: str) -> str:
    """The newest that there is, or a new one, released where it waits."""
    known = commander.get("/executions", planId=plan)["items"]
    done = [run for run in known if run["status"] == "COMPLETED"]
    if done:
        return str(done[0]["executionId"])
    asked = {"planId": plan, "isDrill": True, "reason": "Quarterly drill"}
    run = _begun(commander, asked)

    def over() -> bool:
        told = commander.get(f"/executions/{run}")
        held = [wave for wave in told["waves"] if wave["status"] == "HELD" and not wave["released"]]
        if held:
            commander.post(f"/executions/{run}/resume", {"reason": "The others are up"})
        return told["status"] in ENDED

    _wait(over)
    return run


def _begun(commander: Operations, asked: dict[str, Any]) -> str:
    """A run that is accepted: those of other tests may hold the servers for another minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return str(commander.post("/executions", asked)["executionId"])
        except Refused as held:
            if held.status != 409 or time.monotonic() > deadline:
                raise
            time.sleep(2)


def failed_execution(aws: Emulator, commander: Operations) -> str:
    """Its id, once the index knows that it failed."""
    known = _newest_failed(commander)
    if known is not None:
        return str(known["id"])
    states = aws.client("stepfunctions")
    role = trusted_role(aws, "orders", "states.amazonaws.com")
    machine = states.create_state_machine(
        name="order-fulfilment", definition=json.dumps(ORDERS), roleArn=role
    )
    given = json.dumps({"orderId": "A-1041", "inStock": True})
    states.start_execution(stateMachineArn=machine["stateMachineArn"], name="A-1041", input=given)
    _wait(lambda: _newest_failed(commander) is not None)
    found = _newest_failed(commander)
    assert found is not None
    assert ACCOUNT in found["executionArn"]
    return str(found["id"])


def _newest_failed(commander: Operations) -> Any:
    asked = {"status": "failed", "endedFrom": "24h", "type": "order-fulfilment"}
    found = commander.get("/workflows", **asked)["items"]
    return found[0] if found else None


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < deadline, "it did not come so far"
        time.sleep(1)
