"""Workflows as people see them: executions, runs and what is published, on the embedded AWS."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from breakwater import contract
from breakwater.contract import Role
from breakwater.publish import Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId
from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.api.conftest import Api, unique
from tests.integration.api.made import Make, group, plan, servers
from tests.integration.deployed import resources

__all__ = ["group", "plan", "servers"]  # fixtures

PATIENCE = 90.0
_FUNCTION = """
def handler(event, context):
    print("charged", event.get("n"))
    return {"SdkResponseMetadata": {"RequestId": context.aws_request_id}, "n": event.get("n")}
"""


def until(happens: Callable[[], Any]) -> Any:
    """What it returns, once that is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = happens()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"it did not happen within {PATIENCE} s")


@dataclass(frozen=True)
class Machines:
    """State machines of somebody else."""

    aws: Emulator
    arns: Mapping[str, str]
    agent: str

    def start(self, machine: str, said: Any = None) -> str:
        """The id of a new execution as a workflow."""
        arn = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.arns[machine],
            name=f"{machine}-{uuid.uuid4()}",
            input=json.dumps(said or {}),
        )["executionArn"]
        return str(WorkflowId(EngineName.STEP_FUNCTIONS, arn))


@pytest.fixture(scope="module")
def machines(aws: Emulator) -> Iterator[Machines]:
    """One that calls a function fifty times and more, one that fails, one that waits."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("charge.py", _FUNCTION)
    lambda_, states, iam = (aws.client(one) for one in ("lambda", "stepfunctions", "iam"))
    name = f"charge-{uuid.uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    services = {"Principal": {"Service": ["states.amazonaws.com", "lambda.amazonaws.com"]}}
    document = json.dumps({"Statement": [{**trust, **services}]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    may = [
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"},
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
    ]
    iam.put_role_policy(
        RoleName=name, PolicyName="charges", PolicyDocument=json.dumps({"Statement": may})
    )
    role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.14",
        Handler="charge.handler",
        Role=role,
        Code={"ZipFile": code.getvalue()},
    )
    # The embedded AWS does not tell the parameters of lambda:invoke in histories.
    charge = {"Type": "Task", "Resource": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"}
    chain = {
        f"S{n:02}": {"Type": "Pass", **({"Next": f"S{n + 1:02}"} if n < 59 else {"Next": "Charge"})}
        for n in range(60)
    }
    definitions: dict[str, Any] = {
        "long": {"StartAt": "S00", "States": {**chain, "Charge": {**charge, "End": True}}},
        "failing": {
            "StartAt": "No",
            "States": {"No": {"Type": "Fail", "Error": "NoCard", "Cause": "it has none"}},
        },
        "waiting": {
            "StartAt": "Wait",
            "States": {"Wait": {"Type": "Wait", "Seconds": 60000, "End": True}},
        },
    }
    agent = f"shop-{uuid.uuid4().hex[:8]}"
    tags = {"agentName": agent, "breakwater:search": "order.id", "breakwater:sla-seconds": "7200"}
    arns = {
        machine: states.create_state_machine(
            name=f"{machine}-{name}",
            definition=json.dumps(definition),
            roleArn=role,
            tags=[{"key": key, "value": value} for key, value in tags.items()],
        )["stateMachineArn"]
        for machine, definition in definitions.items()
    }
    yield Machines(aws, arns, agent)
    for arn in arns.values():
        states.delete_state_machine(stateMachineArn=arn)
    lambda_.delete_function(FunctionName=name)


def listed(api: Api, **asked: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    items: list[dict[str, Any]] = api.done("GET", f"/workflows?{query}", role=Role.VIEWER)["items"]
    return items


def when_listed(api: Api, workflow_id: str, **asked: str) -> dict[str, Any]:
    found = until(lambda: [one for one in listed(api, **asked) if one["id"] == workflow_id])
    [item] = found
    return dict(item)


def test_an_execution_is_listed_by_every_filter_and_told_in_parts(
    api: Api, machines: Machines
) -> None:
    order = uuid.uuid4().hex
    one = machines.start("long", {"order": {"id": order}})
    agent = machines.agent
    item = when_listed(api, one, type=agent, status="COMPLETED")
    assert (item["engine"], item["slaStatus"], item["progress"]["percent"]) == (
        *("stepFunctions", "onTrack"),
        100,
    )
    assert item["tags"]["breakwater:sla-seconds"] == "7200"
    assert "breakwater:actions=allow" in item["capabilities"]["cancel"]["reason"]
    for asked in (
        {"search": f"order.id={order}"},
        {"endedFrom": "1h", "type": agent},
        {"startedFrom": "1h", "namePrefix": "long-"},
        {"type": agent},
        {"status": "COMPLETED", "namePrefix": "long-"},
    ):
        assert one in [found["id"] for found in listed(api, **asked)], asked
    told = api.done("GET", f"/workflows/{one}", role=Role.VIEWER)
    assert told["workflow"]["status"] == "COMPLETED"
    assert told["definition"]["stateCount"] == 61
    assert len(told["steps"]["steps"]) == 50
    cursor = told["steps"]["nextCursor"]
    rest = api.done("GET", f"/workflows/{one}/steps?cursor={cursor}", role=Role.VIEWER)
    names = [step["name"] for step in (*told["steps"]["steps"], *rest["steps"])]
    assert names == [*(f"S{n:02}" for n in range(60)), "Charge"]
    charged = rest["steps"][-1]
    details = api.done("GET", f"/workflows/{one}/steps/{charged['id']}", role=Role.VIEWER)
    assert order in details["input"]
    logs = api.done("GET", f"/workflows/{one}/steps/{charged['id']}/logs", role=Role.VIEWER)
    assert logs["functionName"].startswith("charge-"), logs
    assert any(logs["requestId"] in line["message"] for line in logs["items"]), logs
    events = api.done("GET", f"/workflows/{one}/events", role=Role.VIEWER)
    assert [event["id"] for event in events["events"]] == list(range(1, events["total"] + 1))
    assert order in events["events"][0]["executionStartedEventDetails"]["input"]
    last = events["total"] - 1
    tail = api.done("GET", f"/workflows/{one}/events?after={last}", role=Role.VIEWER)
    assert [event["type"] for event in tail["events"]] == ["ExecutionSucceeded"]


def test_a_failure_says_where_and_why(api: Api, machines: Machines) -> None:
    one = machines.start("failing")
    when_listed(api, one, type=machines.agent, status="failed")
    told = api.done("GET", f"/workflows/{one}", role=Role.VIEWER)
    assert (told["failure"]["error"], told["failure"]["stepName"]) == ("NoCard", "No")
    assert told["failure"]["means"]


def test_what_runs_is_active_and_counted(api: Api, machines: Machines, aws: Emulator) -> None:
    one = machines.start("waiting")
    item = when_listed(api, one, status="active", type=machines.agent)
    assert item["progress"]["percent"] != 100
    # The figures are kept for some seconds.
    until(lambda: api.done("GET", "/workflows", role=Role.VIEWER)["counts"]["active"] >= 1)
    told = api.done("GET", f"/workflows/{one}", role=Role.VIEWER)
    assert told["workflow"]["progress"]["currentStep"] == "Wait"
    arn = WorkflowId.parse(one).name
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    when_listed(api, one, status="CANCELLED", type=machines.agent)


def test_what_nobody_knows_is_404_and_what_is_wrong_a_400(api: Api, machines: Machines) -> None:
    arn = f"arn:aws:states:eu-west-1:{ACCOUNT}:execution:nobody:nothing"
    nobody = WorkflowId(EngineName.STEP_FUNCTIONS, arn)
    for path in (f"/workflows/{nobody}", "/workflows/custom.no.one", "/workflows/x"):
        assert api.call("GET", path, role=Role.VIEWER).status == 404, path
    for query in ("status=RUNING", "startedFrom=yesterday", "cursor=abc", "limit=0", "color=red"):
        answer = api.call("GET", f"/workflows?{query}", role=Role.VIEWER)
        assert answer.status == 400, query
        place = answer.error["details"][0]["place"]
        assert place == query.partition("=")[0]


def test_the_index_says_whether_it_is_well(api: Api) -> None:
    told = api.done("GET", "/index/health", role=Role.VIEWER)
    assert isinstance(told["well"], bool)
    assert isinstance(told["problems"], list)


def test_a_custom_workflow_from_publisher_to_detail(api: Api, aws: Emulator) -> None:
    name = uuid.uuid4().hex
    kind = f"invoices-{name[:8]}"
    run = Workflow(
        *("billing", name),
        type=kind,
        bus=contract.workflow_bus_name(ENVIRONMENT),
        client=aws.client("events"),
        sla_target_seconds=3600,
        search={"month": name},
    )
    run.started()
    one = f"custom.billing.{name}"
    assert when_listed(api, one, type=kind, status="RUNNING")["engine"] == "custom"
    with run.step("Collect", input={"taskToken": "secret-token"}) as step:
        step.output = {"n": 17}
    run.ended("COMPLETED")
    item = when_listed(api, one, search=f"month={name}", status="COMPLETED")
    assert item["slaStatus"] == "onTrack"

    def collected() -> bool:  # events arrive in any order: the last of the step may be the last
        told = api.done("GET", f"/workflows/{one}", role=Role.VIEWER)
        steps = [(step["name"], step["status"]) for step in told["steps"]["steps"]]
        return steps == [("Collect", "succeeded")]

    until(collected)
    details = api.done("GET", f"/workflows/{one}/steps/Collect", role=Role.VIEWER)
    assert details["output"] == '{"n": 17}'
    assert "secret-token" not in json.dumps(details)
    logs = api.done("GET", f"/workflows/{one}/steps/Collect/logs", role=Role.VIEWER)
    assert "billing" in logs["reason"]


def test_a_bad_event_waits_in_the_dead_letter_queue_with_its_reason(aws: Emulator) -> None:
    [queue] = [
        physical
        for logical, physical in resources(aws, "index", "AWS::SQS::Queue").items()
        if logical.startswith("CustomWorkflowsDeadLetters")
    ]
    aws.client("events").put_events(
        Entries=[
            {
                "EventBusName": contract.workflow_bus_name(ENVIRONMENT),
                "Source": "somebody",
                "DetailType": contract.WORKFLOW_EVENT,
                "Detail": json.dumps({"schemaVersion": 1, "status": "DONE"}),
            }
        ]
    )
    sqs = aws.client("sqs")

    def letter() -> Any:
        told = sqs.receive_message(
            QueueUrl=queue, MessageAttributeNames=["All"], WaitTimeSeconds=1, VisibilityTimeout=0
        )
        return told.get("Messages")

    [found, *_] = until(letter)
    assert "status: " in found["MessageAttributes"]["reason"]["StringValue"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=found["ReceiptHandle"])


def test_a_recovery_run_is_one_workflow_from_its_start_on(
    api: Api,
    group: Make,
    plan: Make,
    servers: Mapping[str, str],
) -> None:
    first = group(servers["db-01"])
    made = plan(first["groupId"], name=unique("Workflow"), rtoMinutes=60)
    body = {"planId": made["planId"], "isDrill": True}
    run = api.done("POST", "/executions", body, role=Role.OPERATOR)["executionId"]
    item = when_listed(api, run, type="recovery")  # its status changes while that is read
    assert (item["engine"], item["name"]) == ("recovery", made["name"])
    assert (item["slaTargetSeconds"], item["progress"]["estimated"]) == (3600, False)
    assert run in [one["id"] for one in listed(api, status="active")]

    def launching() -> Any:
        told = api.done("GET", f"/workflows/{run}", role=Role.VIEWER)
        return told if told["steps"]["steps"] else None

    told = until(launching)
    [wave] = told["steps"]["steps"]
    assert (wave["type"], wave["name"]) == ("Wave", "wave 0")
    lanes = api.done("GET", f"/workflows/{run}/steps?within={wave['id']}", role=Role.VIEWER)
    [server] = lanes["lanes"][0]["steps"]
    assert server["name"] == "db-01"
    details = api.done("GET", f"/workflows/{run}/steps/{server['id']}", role=Role.VIEWER)
    assert details["details"]["sourceServerId"] == servers["db-01"]
    events = api.done("GET", f"/workflows/{run}/events", role=Role.VIEWER)["events"]
    assert run in events[0]["executionStartedEventDetails"]["input"]
    body = {"reason": "seen enough", "cleanup": False}
    api.done("POST", f"/executions/{run}/cancel", body, role=Role.OPERATOR)
    when_listed(api, run, status="CANCELLED")
    rows = [one for one in listed(api, type="recovery", limit="100") if one["id"] == run]
    assert len(rows) == 1
