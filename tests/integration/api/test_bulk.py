"""A bulk cancel through the deployed API: previewed, confirmed, stopped half-way; and who may."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breakwater.contract import Role
from breakwater.index.row import Row
from breakwater.index.row_table import RowTable
from breakwater.platform.clock import iso
from breakwater.workflows.bulk.bulk import STALLED
from breakwater.workflows.bulk.bulk_store import BulkStore
from breakwater.workflows.workflow_id import WorkflowId
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.api.conftest import Api
from tests.integration.deployed import resources, table, without_rules
from tests.integration.index.conftest import role_of_machines
from tests.integration.waiting import until

MANY = 30
WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600000, "End": True}}}


@dataclass(frozen=True)
class Waiting:
    """Executions that wait, of a machine that may be acted on."""

    aws: Emulator
    machine: str
    agent: str

    def start(self, count: int) -> None:
        for _ in range(count):
            self.aws.client("stepfunctions").start_execution(
                stateMachineArn=self.machine, name=uuid.uuid4().hex, input="{}"
            )

    def running(self) -> int:
        """As Step Functions knows it; the list hears of it a little later."""
        pages = self.aws.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self.machine, statusFilter="RUNNING")
        return sum(len(page["executions"]) for page in found)

    def status(self, workflow_id: str) -> str:
        arn = WorkflowId.parse(workflow_id).name
        told = self.aws.client("stepfunctions").describe_execution(executionArn=arn)
        return str(told["status"])


@pytest.fixture(scope="module")
def waiting(aws: Emulator) -> Iterator[Waiting]:
    agent = f"bulk-{uuid.uuid4().hex[:8]}"
    states = aws.client("stepfunctions")
    tags = {"agentName": agent, "breakwater:actions": "allow"}
    machine = states.create_state_machine(
        name=agent,
        definition=json.dumps(WAITS),
        roleArn=role_of_machines(aws, f"{agent}-machines"),
        tags=[{"key": key, "value": value} for key, value in tags.items()],
    )["stateMachineArn"]
    yield Waiting(aws, machine, agent)
    pages = states.get_paginator("list_executions")
    for page in list(pages.paginate(stateMachineArn=machine, statusFilter="RUNNING")):
        for one in page["executions"]:
            states.stop_execution(executionArn=one["executionArn"])
    states.delete_state_machine(stateMachineArn=machine)


def previewed(api: Api, agent: str, role: Role = Role.OPERATOR, **more: Any) -> dict[str, Any]:
    draft = {"action": "cancel", "filter": {"type": agent, "status": "RUNNING"}, **more}
    bulk: dict[str, Any] = api.done("POST", "/bulk", draft, role=role)
    return bulk


def followed(api: Api, bulk_id: str) -> dict[str, Any]:
    bulk: dict[str, Any] = api.done("GET", f"/bulk/{bulk_id}?limit=200", role=Role.VIEWER)
    return bulk


def test_a_cancel_of_thirty_stopped_half_way_leaves_the_rest_running(
    api: Api, waiting: Waiting
) -> None:
    waiting.start(MANY)
    bulk = until(
        lambda: ((found := previewed(api, waiting.agent))["eligible"] == MANY and found) or None
    )
    assert (bulk["confirmation"], bulk["notEligible"]) == (f"cancel {MANY}", 0)
    assert len(bulk["samples"]["eligible"]) == 10
    at = f"/bulk/{bulk['bulkId']}"
    begin = {"confirmation": f"cancel {MANY}", "reason": "a bad release"}
    wrong = api.call("POST", f"{at}/start", {**begin, "confirmation": "yes"}, role=Role.OPERATOR)
    assert (wrong.status, wrong.error["code"]) == (422, "invalid")
    other = api.call("POST", f"{at}/start", begin, role=Role.COMMANDER)
    assert other.status == 403, "only who previewed it"
    started = api.done("POST", f"{at}/start", begin, role=Role.OPERATOR)
    assert started["status"] == "running"
    # Two are cancelled in a second: it lasts for a quarter of a minute.
    until(lambda: followed(api, bulk["bulkId"])["counts"].get("done", 0) >= 5)
    enough = {"reason": "that is enough"}
    stop = api.call("POST", f"{at}/stop", enough, role=Role.OPERATOR)
    assert stop.status == 202, stop
    again = api.call("POST", f"{at}/start", begin, role=Role.OPERATOR)
    assert again.status == 409
    for role in (Role.VIEWER, Role.PLANNER):
        assert api.call("POST", f"{at}/stop", enough, role=role).status == 403
    ended = until(
        lambda: ((now := followed(api, bulk["bulkId"]))["status"] == "stopped" and now) or None
    )
    results = Counter(one["result"] for one in ended["items"])
    assert results.keys() == {"done", "notStarted"}
    assert results.total() == MANY
    assert ended["counts"] == results
    statuses = {one["workflowId"]: waiting.status(one["workflowId"]) for one in ended["items"]}
    for one in ended["items"]:
        expected = "ABORTED" if one["result"] == "done" else "RUNNING"
        assert statuses[one["workflowId"]] == expected
    assert api.call("POST", f"{at}/stop", {"reason": "again"}, role=Role.OPERATOR).status == 409
    done = next(one for one in ended["items"] if one["result"] == "done")
    trail = api.done("GET", f"/audit?subject=WORKFLOW%23{done['workflowId']}", role=Role.VIEWER)
    assert all(bulk["bulkId"] in (one["reason"] or "") for one in trail["items"])
    assert {one["action"] for one in trail["items"]} == {
        *("workflowCancelRequested", "workflowCancelDone")
    }
    whole = api.done("GET", f"/audit?subject=BULK%23{bulk['bulkId']}", role=Role.VIEWER)
    assert [one["action"] for one in whole["items"]] == ["bulkStopped", "bulkStarted"]


def test_what_is_left_is_cancelled_whole_and_what_has_ended_is_not_eligible(
    api: Api, waiting: Waiting
) -> None:
    waiting.start(2)
    draft = {"action": "cancel", "filter": {"type": waiting.agent}}

    def knows_what_runs() -> Any:
        found = api.done("POST", "/bulk", draft, role=Role.COMMANDER)
        return found if found["eligible"] == waiting.running() else None

    bulk = until(knows_what_runs)
    assert bulk["notEligible"] == sum(bulk["reasons"].values())
    api.done(
        "POST",
        f"/bulk/{bulk['bulkId']}/start",
        {"confirmation": bulk["confirmation"], "reason": "all of it"},
        role=Role.COMMANDER,
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    ended = until(
        lambda: ((now := followed(api, bulk["bulkId"]))["status"] == "completed" and now) or None
    )
    assert ended["percent"] == 100
    assert ended["counts"]["done"] == bulk["eligible"]
    until(lambda: previewed(api, waiting.agent)["eligible"] == 0)  # the list has heard of it


MAY_ACT = {Role.OPERATOR, Role.COMMANDER}


@pytest.mark.parametrize("action", ["cancel", "retry"])
@pytest.mark.parametrize("role", Role)
def test_each_role_previews_starts_and_follows_what_it_may(
    api: Api, waiting: Waiting, role: Role, action: str
) -> None:
    """Of what runs: a cancel could be done with it, a retry could not. None of it is done here."""
    waiting.start(1)
    draft = {"action": action, "filter": {"type": waiting.agent, "status": "active"}}
    made = until(lambda: _with_some(api.done("POST", "/bulk", draft, role=Role.COMMANDER)))
    begin = {"confirmation": "not what it says", "reason": "only to be refused"}
    answers = {
        "preview": api.call("POST", "/bulk", draft, role=role),
        "start": api.call("POST", f"/bulk/{made['bulkId']}/start", begin, role=role),
        "stop": api.call("POST", f"/bulk/{made['bulkId']}/stop", {"reason": "stop"}, role=role),
    }
    followed = api.done("GET", f"/bulk/{made['bulkId']}", role=role)
    assert (followed["status"], followed["by"]) == ("previewed", "commander@example.com")
    if role not in MAY_ACT:
        for answer in answers.values():
            assert answer.status == 403, answer
            assert answer.error["details"]["needed"] == ["commander", "operator"]
        return
    assert answers["preview"].status == 201
    preview = json.loads(answers["preview"].text)
    could = "eligible" if action == "cancel" else "notEligible"
    assert preview[could] == len(preview["samples"][could]) > 0
    assert preview["eligible"] + preview["notEligible"] == preview[could]
    # Somebody else's is not theirs to start; their own not without the text, or with nothing to do.
    refused = {Role.OPERATOR: 403, Role.COMMANDER: 422 if action == "cancel" else 409}
    assert answers["start"].status == refused[role]
    assert answers["stop"].status == 409  # it was not started


def _with_some(bulk: dict[str, Any]) -> dict[str, Any] | None:
    return bulk if bulk["eligible"] + bulk["notEligible"] else None


@pytest.mark.parametrize(
    "filter_",
    [
        {"startedFrom": "1h"},
        {"endedFrom": "1h"},
        {"search": "order.id=nobody-has-it"},
        {"status": "FAILED", "triggeredBy": "nobody"},
        {"endedFrom": "1h", "target": "missed"},
        {"status": "failed", "error": "NobodyRaisesThis"},
    ],
)
def test_every_question_of_the_list_can_be_previewed(api: Api, filter_: dict[str, str]) -> None:
    draft = {"action": "cancel", "filter": filter_}
    bulk = api.done("POST", "/bulk", draft, role=Role.OPERATOR)
    assert bulk["filter"] == filter_
    begin = {"confirmation": "cancel nothing", "reason": "only to be refused"}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    at = f"/bulk/{bulk['bulkId']}/start"
    assert api.call("POST", at, begin, role=Role.OPERATOR, headers=key).status in (409, 422)


@pytest.mark.parametrize(
    ("draft", "status"),
    [
        ({"action": "cancel", "filter": {}}, 400),
        ({"action": "cancel", "filter": {"status": "RUNING"}}, 400),
        ({"action": "cancel", "filter": {"startedFrom": "yesterday"}}, 400),
        ({"action": "retry", "filter": {"target": "almost"}}, 400),
        ({"action": "pause", "filter": {"type": "x"}}, 400),
        ({"action": "retry", "filter": {"type": "x"}, "cleanup": True}, 422),
        ({"action": "retry", "filter": {"colour": "red"}}, 400),
    ],
)
def test_what_cannot_be_understood_is_refused(api: Api, draft: dict[str, Any], status: int) -> None:
    answer = api.call("POST", "/bulk", draft, role=Role.OPERATOR)
    assert answer.status == status, answer
    assert answer.error["details"]


def test_a_bulk_whose_message_was_lost_is_woken_up_by_itself(
    api: Api, aws: Emulator, waiting: Waiting
) -> None:
    waiting.start(1)
    bulk = until(lambda: _with_some(previewed(api, waiting.agent)))
    store = BulkStore(aws.client("dynamodb"), table(aws, "data", "Bulks"))
    [worker] = [
        name
        for logical, name in resources(aws, "api", "AWS::Lambda::Function").items()
        if logical.startswith("BulkWork")
    ]
    with without_rules(aws, "api", "BulkWorkSweep"):
        # As the API starts it, a while ago, but that nobody was told.
        ago = datetime.now(UTC) - STALLED - timedelta(seconds=1)
        store.start(store.read(bulk["bulkId"]), "its message is lost", ago)
        assert followed(api, bulk["bulkId"])["isStalled"]
        answer = aws.client("lambda").invoke(FunctionName=worker, Payload=b"{}")
        told = json.loads(answer["Payload"].read())
        assert told["woken"] >= 1, told
    until(lambda: followed(api, bulk["bulkId"])["status"] == "completed")
    assert bulk["bulkId"] not in store.under_way()


def test_a_bulk_that_nobody_knows_is_404(api: Api) -> None:
    at = "/bulk/bulk-0123456789abcdef0123"
    assert api.call("GET", at, role=Role.VIEWER).status == 404
    begin = {"confirmation": "cancel 1", "reason": "because"}
    assert api.call("POST", f"{at}/start", begin, role=Role.OPERATOR).status == 404
    assert api.call("POST", f"{at}/stop", {"reason": "because"}, role=Role.OPERATOR).status == 404


def test_what_is_called_like_a_run_is_looked_up_among_the_runs(api: Api, aws: Emulator) -> None:
    """An execution of the recovery state machine that somebody started by hand is listed as one."""
    [machine] = resources(aws, "recovery", "AWS::StepFunctions::StateMachine").values()
    index = table(aws, "index", "ExecutionIndex")
    ended = datetime.now(UTC) - timedelta(minutes=5)
    began = ended - timedelta(minutes=1)
    agent = f"by-hand-{uuid.uuid4().hex[:8]}"
    name = f"{began:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}"
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    row = Row(
        execution_arn=arn,
        execution_name=name,
        state_machine_arn=machine,
        agent_name=agent,
        status="SUCCEEDED",
        start_date=iso(began),
        stop_date=iso(ended),
        account=ACCOUNT,
        region=REGION,
        revision=1,
    )
    RowTable(aws.client("dynamodb"), index).write(row, after=None)
    draft = {"action": "cancel", "filter": {"type": agent}}
    bulk = api.done("POST", "/bulk", draft, role=Role.OPERATOR)
    assert (bulk["eligible"], bulk["notEligible"]) == (0, 1)
    aws.client("dynamodb").delete_item(TableName=index, Key={"executionArn": {"S": arn}})
