"""People act on executions of somebody else's state machines, on the embedded AWS under IAM."""

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from breakwater.contract import Role
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater_local.emulator import Emulator
from tests.integration.api.conftest import Api
from tests.integration.api.made import Make, begun, group, plan, plan_of, servers
from tests.integration.api.test_workflows import listed, when_listed
from tests.integration.waiting import until
from tests.roles import trusted_role

__all__ = ["group", "plan", "servers"]  # fixtures

WHY = {"reason": "it hangs, and the shop is closed"}
WAITING = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60000, "End": True}}}
FAILING = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Pass", "Next": "No"},
        "No": {"Type": "Fail", "Error": "NoCard", "Cause": "it has none"},
    },
}
ALLOWED = {"breakwater:actions": "allow"}


class Shop:
    """State machines, and executions of them by their ids as workflows."""

    def __init__(self, aws: Emulator) -> None:
        self.states = aws.client("stepfunctions")
        self.role = trusted_role(aws, f"shop-{uuid.uuid4().hex[:8]}", "states.amazonaws.com")
        self.machines: list[str] = []

    def machine(self, definition: Any, tags: Mapping[str, str]) -> str:
        made = self.states.create_state_machine(
            name=f"shop-{uuid.uuid4().hex[:8]}",
            definition=json.dumps(definition),
            roleArn=self.role,
            tags=[{"key": key, "value": value} for key, value in tags.items()],
        )
        self.machines.append(made["stateMachineArn"])
        return str(made["stateMachineArn"])

    def start(self, machine: str, **said: Any) -> str:
        arn = self.states.start_execution(stateMachineArn=machine, input=json.dumps(said))
        return id_of(arn["executionArn"])

    def described(self, workflow_id: str) -> dict[str, Any]:
        arn = WorkflowId.parse(workflow_id).name
        return dict(self.states.describe_execution(executionArn=arn))

    def ends(self, workflow_id: str) -> dict[str, Any]:
        return dict(
            until(
                lambda: one if (one := self.described(workflow_id))["status"] != "RUNNING" else None
            )
        )


def id_of(execution_arn: str) -> str:
    return str(WorkflowId(EngineName.STEP_FUNCTIONS, execution_arn))


@pytest.fixture(scope="module")
def shop(aws: Emulator) -> Iterator[Shop]:
    made = Shop(aws)
    yield made
    for arn in made.machines:
        made.states.delete_state_machine(stateMachineArn=arn)


def test_a_cancel_stops_an_execution_for_good_and_is_in_the_audit_trail(
    api: Api, shop: Shop
) -> None:
    one = shop.start(shop.machine(WAITING, ALLOWED))
    told = api.done("POST", f"/workflows/{one}/cancel", WHY, role=Role.OPERATOR)
    assert (told["status"], told["newStatus"], told["workflowId"]) == ("done", "CANCELLED", one)
    stopped = shop.described(one)
    assert stopped["status"] == "ABORTED"
    assert stopped["error"].startswith("Cancelled by ")
    again = api.call("POST", f"/workflows/{one}/cancel", WHY, role=Role.OPERATOR)
    assert again.status == 409
    trail = api.done("GET", f"/audit?subject=WORKFLOW%23{one}", role=Role.VIEWER)["items"]
    assert [item["action"] for item in trail] == ["workflowCancelDone", "workflowCancelRequested"]
    assert {item["reason"] for item in trail} == {WHY["reason"]}


def test_without_the_tag_nobody_acts_and_the_reason_names_it(api: Api, shop: Shop) -> None:
    machine = shop.machine(WAITING, {})
    one = shop.start(machine)
    refused = api.call("POST", f"/workflows/{one}/cancel", WHY, role=Role.COMMANDER)
    assert refused.status == 409
    assert "breakwater:actions=allow" in refused.error["message"]
    shop.states.tag_resource(
        resourceArn=machine, tags=[{"key": key, "value": value} for key, value in ALLOWED.items()]
    )
    until(
        lambda: api.call("POST", f"/workflows/{one}/cancel", WHY, role=Role.OPERATOR).status == 202
    )


@pytest.mark.parametrize("action", ["pause", "resume", "cancel", "retry", "clone"])
@pytest.mark.parametrize("role", list(Role))
def test_each_action_is_for_operators_and_commanders(
    action: str, role: Role, api: Api, shop: Shop
) -> None:
    nobody = WorkflowId(EngineName.STEP_FUNCTIONS, f"{_executions(shop)}:nothing")
    answer = api.call("POST", f"/workflows/{nobody}/{action}", WHY, role=role)
    if role in {Role.OPERATOR, Role.COMMANDER}:
        assert answer.status == 404
    else:
        assert answer.status == 403
        assert "commander or operator" in answer.error["message"]
    assert api.call("POST", f"/workflows/{nobody}/{action}", WHY).status == 401


def _executions(shop: Shop) -> str:
    machine = shop.machines[0] if shop.machines else shop.machine(WAITING, ALLOWED)
    return machine.replace(":stateMachine:", ":execution:")


def test_a_retry_that_aws_does_not_redrive_starts_anew_once(api: Api, shop: Shop) -> None:
    """The embedded AWS has no redrive: it says so only when it is asked to."""
    one = shop.start(shop.machine(FAILING, ALLOWED), order=7)
    shop.ends(one)
    told = api.done("GET", f"/workflows/{one}/retry", role=Role.OPERATOR)
    assert told["runsAgain"] or told["way"] == "new"
    draft = {**WHY, "fromStep": "First"}
    new = api.done("POST", f"/workflows/{one}/retry", draft, role=Role.OPERATOR)
    assert new["workflowId"] != one
    assert shop.ends(new["workflowId"])["input"] == '{"order": 7}'
    again = api.done("POST", f"/workflows/{one}/retry", draft, role=Role.OPERATOR)
    assert (again["status"], again["newStatus"]) == ("done", "FAILED")
    assert again["workflowId"] == new["workflowId"]
    refused = api.call(
        "POST", f"/workflows/{one}/retry", {**WHY, "fromStep": "Nowhere"}, role=Role.OPERATOR
    )
    assert refused.status == 409
    assert "First" in refused.error["message"]


def test_a_clone_has_the_same_or_an_edited_input_and_happens_once_for_a_key(
    api: Api, shop: Shop
) -> None:
    one = shop.start(shop.machine(WAITING, ALLOWED), order=7, taskToken="secret-of-somebody")
    shown = api.done("GET", f"/workflows/{one}/clone", role=Role.OPERATOR)
    assert shown["inputRedacted"]
    assert "secret-of-somebody" not in shown["input"]
    same = api.done("POST", f"/workflows/{one}/clone", WHY, role=Role.OPERATOR)
    assert "secret-of-somebody" in shop.described(same["workflowId"])["input"]
    edited = {**WHY, "input": {"order": 8}, "name": f"mine-{uuid.uuid4().hex}"}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (
        api.done("POST", f"/workflows/{one}/clone", edited, role=Role.OPERATOR, headers=key)
        for _ in range(2)
    )
    assert first == second
    assert json.loads(shop.described(first["workflowId"])["input"]) == {"order": 8}
    taken = api.call("POST", f"/workflows/{one}/clone", edited, role=Role.OPERATOR)
    assert taken.status == 409
    shown_back = {**WHY, "input": json.loads(shown["input"])}
    other_key = {"Idempotency-Key": str(uuid.uuid4())}
    refused = api.call(
        "POST", f"/workflows/{one}/clone", shown_back, role=Role.OPERATOR, headers=other_key
    )
    assert refused.status == 422


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("json", "application/json"),
        ("otlp", "application/json"),
        ("chrome", "application/json"),
        ("csv", "text/csv; charset=utf-8"),
    ],
)
def test_an_execution_is_exported_in_every_form(form: str, kind: str, api: Api, shop: Shop) -> None:
    one = shop.start(shop.machine(FAILING, {}))
    shop.ends(one)
    path = f"/workflows/{one}/export?format={form}"
    answer = api.call("GET", path, role=Role.VIEWER)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert "attachment" in answer.headers["content-disposition"]
    assert "First" in answer.text
    assert api.call("GET", f"/workflows/{one}/export?format=pdf", role=Role.VIEWER).status == 400


@pytest.mark.parametrize("role", Role)
def test_every_role_may_export_what_there_is_and_nothing_else(
    role: Role, api: Api, shop: Shop
) -> None:
    one = shop.start(shop.machine(FAILING, {}))
    shop.ends(one)
    for form in ("json", "otlp", "chrome", "csv"):
        answer = api.call("GET", f"/workflows/{one}/export?format={form}", role=role)
        assert answer.status == 200, answer
        assert "First" in answer.text
    for nobodys in (f"{one}AAAA", "custom.nobody.nothing", "20261120-000000-00000000"):
        assert api.call("GET", f"/workflows/{nobodys}/export", role=role).status == 404
    assert api.call("GET", f"/workflows/{one}/export?format=csv").status == 401


def test_a_clone_without_a_name_happens_once_for_a_key(api: Api, shop: Shop) -> None:
    one = shop.start(shop.machine(WAITING, ALLOWED), order=7)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (
        api.done("POST", f"/workflows/{one}/clone", WHY, role=Role.OPERATOR, headers=key)
        for _ in range(2)
    )
    assert first == second
    other = api.done("POST", f"/workflows/{one}/clone", WHY, role=Role.OPERATOR)
    assert other["workflowId"] != first["workflowId"]


def test_actions_on_a_run_are_the_runs_own_with_its_own_trail(
    api: Api, group: Make, plan: Make, servers: Mapping[str, str]
) -> None:
    """Both waves are held, so that it does not end while it is acted on."""
    ids = [group(servers[name])["groupId"] for name in ("app-a-01", "app-a-02")]
    waves = [{**wave, "pauseBefore": True} for wave in plan_of(*ids)["waves"]]
    run = begun(api, {"planId": plan(waves=waves)["planId"], "isDrill": True})

    def status() -> Any:
        return api.done("GET", f"/workflows/{run}", role=Role.VIEWER)["workflow"]["status"]

    def first_wave() -> Any:
        return api.done("GET", f"/executions/{run}", role=Role.VIEWER)["waves"][0]["status"]

    until(lambda: status() == "PAUSED")
    refused = api.call("POST", f"/workflows/{run}/clone", WHY, role=Role.OPERATOR)
    assert refused.status == 409
    assert "POST /executions" in refused.error["message"]
    shown = api.done("GET", f"/workflows/{run}/resume", role=Role.OPERATOR)
    assert shown["waves"] == ["wave 0"]
    draft = {**WHY, "waves": shown["waves"]}
    api.done("POST", f"/workflows/{run}/resume", draft, role=Role.OPERATOR)
    until(lambda: first_wave() not in {"PENDING", "HELD"})
    draft = {**WHY, "cleanup": True}
    told = api.done("POST", f"/workflows/{run}/cancel", draft, role=Role.OPERATOR)
    assert (told["newStatus"], told["workflowId"]) == ("CANCELLING", run)
    trail = api.done("GET", f"/executions/{run}/audit", role=Role.VIEWER)["items"]
    assert {"runResumed", "runCancelled"} <= {item["action"] for item in trail}
    until(lambda: status() == "CANCELLED")
    # DRS may still work on its jobs: its servers are free a little later.
    answer = until(
        lambda: (
            told
            if (told := api.call("POST", f"/workflows/{run}/retry", WHY, role=Role.OPERATOR)).status
            != 409
            else None
        )
    )
    assert answer.status < 300, answer
    again = answer.json
    assert again["workflowId"] != run
    api.done("POST", f"/workflows/{again['workflowId']}/cancel", WHY, role=Role.OPERATOR)
    export = api.call("GET", f"/workflows/{run}/export?format=csv", role=Role.VIEWER)
    assert "InitiateWavePlan" in export.text


CHARGING = {
    "StartAt": "Charge",
    "States": {
        "Charge": {"Type": "Pass", "Next": "Ship"},
        "Ship": {"Type": "Wait", "Seconds": 60000, "End": True},
    },
}


def name_of(machine: str) -> str:
    return machine.rpartition(":")[2]


def test_a_cancel_makes_good_again_and_is_followed_step_by_step(api: Api, shop: Shop) -> None:
    refund = {"StartAt": "Refund", "States": {"Refund": {"Type": "Pass", "End": True}}}
    undo = shop.machine(refund, ALLOWED)
    orders = shop.machine(CHARGING, {**ALLOWED, "breakwater:compensation": name_of(undo)})
    one = shop.start(orders, order=7)
    until(
        lambda: (
            api.done("GET", f"/workflows/{one}", role=Role.VIEWER)["workflow"]["progress"][
                "currentStep"
            ]
            == "Ship"
        )
    )
    told = api.done("GET", f"/workflows/{one}/cancel", role=Role.OPERATOR)
    assert told["compensation"]["stateMachineArn"] == undo
    done = api.done("POST", f"/workflows/{one}/cancel", WHY, role=Role.OPERATOR)
    assert done["newStatus"] == "CANCELLING"
    detail = until(
        lambda: (
            told
            if (told := api.done("GET", f"/workflows/{one}", role=Role.VIEWER))["workflow"][
                "status"
            ]
            == "CANCELLED"
            else None
        )
    )
    assert [(step["name"], step["compensation"]) for step in detail["steps"]["steps"]] == [
        ("Charge", False),
        ("Ship", False),
        ("Refund", True),
    ]
    started = detail["metadata"]["compensation"]["executionArn"]
    given = json.loads(shop.described(id_of(started))["input"])
    assert given["compensationOf"]["input"] == {"order": 7}
    step = detail["steps"]["steps"][-1]["id"]
    assert api.done("GET", f"/workflows/{one}/steps/{step}", role=Role.VIEWER)["input"]


def test_a_failed_compensation_is_shown_and_can_be_run_again(api: Api, shop: Shop) -> None:
    undo = shop.machine(FAILING, ALLOWED)
    orders = shop.machine(WAITING, {**ALLOWED, "breakwater:compensation": undo})
    one = shop.start(orders)
    api.done("POST", f"/workflows/{one}/cancel", WHY, role=Role.OPERATOR)

    def failed() -> Any:
        told = api.done("GET", f"/workflows/{one}", role=Role.OPERATOR)["workflow"]
        known = told["capabilities"]["retry"]["possible"]  # once its machine's tags are noted
        return told if told["error"] == "CompensationFailed" and known else None

    told = until(failed)
    assert told["status"] == "CANCELLING"
    assert "it has none" in told["cause"]
    for asked in ("active", "CANCELLING"):  # nobody has made it good again: it is not over
        item = when_listed(api, one, status=asked, type=name_of(orders))
        assert item["status"] == "CANCELLING"
    fixed = {"StartAt": "Refund", "States": {"Refund": {"Type": "Pass", "End": True}}}
    shop.states.update_state_machine(stateMachineArn=undo, definition=json.dumps(fixed))
    again = api.done("POST", f"/workflows/{one}/retry", WHY, role=Role.OPERATOR)
    assert again["newStatus"] == "CANCELLING"
    until(
        lambda: (
            api.done("GET", f"/workflows/{one}", role=Role.VIEWER)["workflow"]["status"]
            == "CANCELLED"
        )
    )
    until(
        lambda: (
            one not in {item["id"] for item in listed(api, status="active", type=name_of(orders))}
        )
    )
