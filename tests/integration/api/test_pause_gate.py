"""A state machine with a gate, deployed by somebody else's stack, paused and resumed through the
API.
"""

import json
from typing import Any

from breakwater.contract import Role
from breakwater_local.emulator import Emulator
from tests.integration.api.conftest import Api
from tests.integration.api.test_workflow_actions import WHY, Shop, id_of
from tests.integration.api.test_workflows import until


def start(aws: Emulator, machine: str, seconds: int, **said: Any) -> str:
    """The id of an execution that reaches its gate after so many seconds of the machine's."""
    arn = aws.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=json.dumps({"seconds": seconds, **said})
    )["executionArn"]
    return id_of(arn)


def test_an_execution_that_nobody_wants_held_goes_through(
    aws: Emulator, gated_machine: str
) -> None:
    shop = Shop(aws)
    ended = shop.ends(start(aws, gated_machine, 1, order=7))
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {"seconds": 1, "order": 7}


def test_a_pause_holds_it_at_the_gate_and_a_resume_lets_it_go_as_it_was(
    api: Api, aws: Emulator, gated_machine: str
) -> None:
    one = start(aws, gated_machine, 900, order=8)
    asked = api.done("POST", f"/workflows/{one}/pause", WHY, role=Role.OPERATOR)
    assert (asked["status"], asked["newStatus"]) == ("accepted", "RUNNING")
    again = api.call("POST", f"/workflows/{one}/pause", WHY, role=Role.OPERATOR)
    assert again.status == 409
    shown = until(
        lambda: (
            told
            if (told := api.done("GET", f"/workflows/{one}/resume", role=Role.OPERATOR))["willSend"]
            else None
        )
    )
    assert (shown["willSend"], "BeforeShipping" in shown["message"]) == ("{}", True)
    told = api.done("GET", f"/workflows/{one}", role=Role.VIEWER)
    assert told["workflow"]["status"] == "PAUSED"
    assert told["workflow"]["progress"]["currentStep"] == "BeforeShipping"
    stale = {**WHY, "digest": "0" * 32}
    assert api.call("POST", f"/workflows/{one}/resume", stale, role=Role.OPERATOR).status == 409
    draft = {**WHY, "digest": shown["digest"]}
    done = api.done("POST", f"/workflows/{one}/resume", draft, role=Role.OPERATOR)
    assert done["newStatus"] == "RUNNING"
    ended = Shop(aws).ends(one)
    assert (ended["status"], json.loads(ended["output"])["order"]) == ("SUCCEEDED", 8)
    assert api.call("POST", f"/workflows/{one}/resume", WHY, role=Role.OPERATOR).status == 409


def test_what_is_held_can_be_cancelled(api: Api, aws: Emulator, gated_machine: str) -> None:
    one = start(aws, gated_machine, 900)
    api.done("POST", f"/workflows/{one}/pause", WHY, role=Role.OPERATOR)
    done = api.done("POST", f"/workflows/{one}/cancel", WHY, role=Role.OPERATOR)
    assert done["newStatus"] == "CANCELLED"
