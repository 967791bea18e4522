"""What the portal's stories and pictures look at: ended runs, an execution that failed."""

import json
from typing import Any

from breakwater_local.emulator import ACCOUNT, Emulator
from breakwater_local.operations import Operations, Refused
from tests.integration.waiting import until
from tests.roles import trusted_role

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


def cancelled_run(commander: Operations, plan: str) -> str:
    """The newest that there is, or a drill cancelled as it runs: with waves in all states."""
    known = commander.get("/executions", planId=plan)["items"]
    there = [run for run in known if run["status"] == "CANCELLED"]
    if there:
        return str(there[0]["executionId"])
    run = _begun(commander, {"planId": plan, "isDrill": True})
    until(lambda: commander.get(f"/executions/{run}")["wavesEnded"] >= 1)
    cancelled = {"reason": "enough for the pictures", "cleanup": True}
    commander.post(f"/executions/{run}/cancel", cancelled)
    until(lambda: commander.get(f"/executions/{run}")["status"] in ENDED)
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

    until(over)
    return run


def running_drill(commander: Operations, plan: str) -> str:
    """A new one, whose first wave is on its way."""
    run = _begun(commander, {"planId": plan, "isDrill": True, "reason": "After the change"})
    until(lambda: commander.get(f"/executions/{run}")["status"] == "RUNNING")
    return run


def _begun(commander: Operations, asked: dict[str, Any]) -> str:
    """A run that is accepted: those of other tests may hold the servers for another minute."""

    def accepted() -> str | None:
        try:
            return str(commander.post("/executions", asked)["executionId"])
        except Refused as held:
            if held.status != 409:
                raise
            return None

    return str(until(accepted, every=2))


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
    found = until(lambda: _newest_failed(commander))
    assert ACCOUNT in found["executionArn"]
    return str(found["id"])


def _newest_failed(commander: Operations) -> Any:
    asked = {"status": "failed", "endedFrom": "24h", "type": "order-fulfilment"}
    found = commander.get("/workflows", **asked)["items"]
    return found[0] if found else None
