"""A state machine with a gate, deployed by somebody else's stack, paused and resumed through the
API.
"""

import json
from typing import Any

from breakwater.contract import Role
from breakwater.live.topics import LIST
from breakwater.workflows.workflow_id import WorkflowId
from breakwater_local.emulator import Emulator
from tests.integration.api.conftest import Api
from tests.integration.api.listening import listening
from tests.integration.api.test_workflow_actions import WHY, Shop, id_of
from tests.integration.api.test_workflows import listed, when_listed
from tests.integration.gated_machine import NAME
from tests.integration.holding import Hold
from tests.integration.waiting import until


def start(aws: Emulator, machine: str, **said: Any) -> str:
    """The id of an execution."""
    arn = aws.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=json.dumps(said)
    )["executionArn"]
    return id_of(arn)


def let_go(hold: Hold, one: str) -> None:
    hold.let_go(WorkflowId.parse(one).name)


def test_an_execution_that_nobody_wants_held_goes_through(
    aws: Emulator, gated_machine: str
) -> None:
    shop = Shop(aws)
    ended = shop.ends(start(aws, gated_machine, seconds=1, order=7))
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {"seconds": 1, "order": 7}


def test_a_pause_holds_it_at_the_gate_and_a_resume_lets_it_go_as_it_was(
    api: Api, aws: Emulator, gated_machine: str, gate_hold: Hold
) -> None:
    with listening(api, LIST) as listener:
        one = start(aws, gated_machine, held=True, order=8)
        when_listed(api, one, status="RUNNING", type=NAME)
        asked = api.done("POST", f"/workflows/{one}/pause", WHY, role=Role.OPERATOR)
        assert (asked["status"], asked["newStatus"]) == ("accepted", "RUNNING")
        again = api.call("POST", f"/workflows/{one}/pause", WHY, role=Role.OPERATOR)
        assert again.status == 409
        let_go(gate_hold, one)
        listener.until(lambda it: ("RUNNING", "PAUSED") in changes(it, one))
        shown = api.done("GET", f"/workflows/{one}/resume", role=Role.OPERATOR)
        assert (shown["willSend"], "BeforeShipping" in shown["message"]) == ("{}", True)
        is_told_as_paused(api, one)
        stale = {**WHY, "digest": "0" * 32}
        at = f"/workflows/{one}/resume"
        assert api.call("POST", at, stale, role=Role.OPERATOR).status == 409
        draft = {**WHY, "digest": shown["digest"]}
        assert api.done("POST", at, draft, role=Role.OPERATOR)["newStatus"] == "RUNNING"
        listener.until(lambda it: ("PAUSED", "RUNNING") in changes(it, one))
        runs = when_listed(api, one, status="RUNNING", type=NAME)
        assert runs["progress"]["currentStep"] is None
        let_go(gate_hold, one)
        ended = Shop(aws).ends(one)
        assert (ended["status"], json.loads(ended["output"])["order"]) == ("SUCCEEDED", 8)
        listener.until(lambda it: len(changes(it, one)) == 3)
    assert changes(listener.deltas, one)[-1] == ("RUNNING", "COMPLETED")
    assert api.call("POST", f"/workflows/{one}/resume", WHY, role=Role.OPERATOR).status == 409


def is_told_as_paused(api: Api, one: str) -> None:
    """In the detail, which asks the history, and in the list, which asks the index."""
    told = api.done("GET", f"/workflows/{one}", role=Role.VIEWER)
    assert told["workflow"]["status"] == "PAUSED"
    assert told["workflow"]["progress"]["currentStep"] == "BeforeShipping"
    item = when_listed(api, one, status="PAUSED", type=NAME)
    assert (item["status"], item["progress"]["currentStep"]) == ("PAUSED", "BeforeShipping")

    def can_be_resumed_only() -> bool:
        """To an operator; known once the tags of its machine are."""
        path = f"/workflows?status=active&type={NAME}"
        found = api.done("GET", path, role=Role.OPERATOR)["items"]
        [able] = [shown["capabilities"] for shown in found if shown["id"] == one]
        return (able["resume"]["possible"], able["pause"]["possible"]) == (True, False)

    until(can_be_resumed_only)


def changes(deltas: list[dict[str, Any]], one: str) -> list[tuple[str, str]]:
    """What was told of its status: as it was, and as it is."""
    return [
        (delta["oldStatus"], delta["newStatus"])
        for delta in deltas
        if delta["type"] == "workflowStatusChanged" and delta["workflowId"] == one
    ]


def test_what_is_held_can_be_cancelled(
    api: Api, aws: Emulator, gated_machine: str, gate_hold: Hold
) -> None:
    one = start(aws, gated_machine, held=True)
    api.done("POST", f"/workflows/{one}/pause", WHY, role=Role.OPERATOR)
    let_go(gate_hold, one)
    when_listed(api, one, status="PAUSED", type=NAME)
    done = api.done("POST", f"/workflows/{one}/cancel", WHY, role=Role.OPERATOR)
    assert done["newStatus"] == "CANCELLED"
    assert when_listed(api, one, status="CANCELLED")["status"] == "CANCELLED"
    assert one not in {item["id"] for item in listed(api, status="PAUSED", type=NAME)}
