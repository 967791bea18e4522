"""Live updates as people and programs get them, on the embedded AWS with IAM enforced."""

import contextlib
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from breakwater import contract
from breakwater.contract import Role
from breakwater.live.topics import LIST, id_of_execution, topic_of
from breakwater_local.deployment import ENVIRONMENT
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.api.conftest import Api, group_of, source_servers, unique
from tests.integration.api.listening import (
    Listener,
    ask,
    connected,
    given,
    keys_of_connections,
    listening,
)
from tests.integration.api.made import begun
from tests.integration.deployed import resources
from tests.integration.deployed import table as table_of
from tests.integration.holding import Hold
from tests.integration.index.conftest import role_of_machines
from tests.integration.waiting import PATIENCE, letter, until

TABS = 30
STEPS: dict[str, Any] = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Wait", "SecondsPath": "$.first", "Next": "Held?"},
        "Held?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.held", "BooleanEquals": True, "Next": "Held"}],
            "Default": "Second",
        },
        "Second": {"Type": "Pass", "Next": "Third"},
        "Third": {"Type": "Wait", "Seconds": 120, "Next": "End"},
        "End": {"Type": "Succeed"},
    },
}


@pytest.fixture(scope="module")
def table(aws: Emulator) -> str:
    return table_of(aws, "api", "LiveTable")


@pytest.fixture(scope="module")
def hold(aws: Emulator) -> Iterator[Hold]:
    made = Hold.made(aws)
    yield made
    made.end()


@pytest.fixture(scope="module")
def machine(aws: Emulator, hold: Hold) -> Iterator[str]:
    role = role_of_machines(aws, "watched-machines")
    states = aws.client("stepfunctions")
    steps = {**STEPS, "States": {**STEPS["States"], "Held": hold.state(Next="Second")}}
    arn = states.create_state_machine(name="watched", definition=json.dumps(steps), roleArn=role)[
        "stateMachineArn"
    ]
    yield str(arn)
    states.delete_state_machine(stateMachineArn=arn)
    aws.client("iam").delete_role(RoleName="watched-machines")


@pytest.fixture
def start(aws: Emulator, machine: str) -> Callable[..., str]:
    states = aws.client("stepfunctions")

    def start(*, held: bool = False) -> str:
        """Whose first state lasts four real seconds; it may then be held until it is let go."""
        said = json.dumps({"first": 240, "held": held})
        return str(states.start_execution(stateMachineArn=machine, input=said)["executionArn"])

    return start


def items(aws: Emulator, table: str, topic: str) -> list[str]:
    """The entries under a key of the Live table."""
    found = aws.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="topic = :topic",
        ExpressionAttributeValues={":topic": {"S": topic}},
    )["Items"]
    return [item["entry"]["S"] for item in found]


# ---- a whole session


def drill(api: Api) -> str:
    """A drill of one wave with two servers; its run's id."""
    known = source_servers(api)
    group = api.done(
        "POST", "/protection-groups", group_of("live", known["db-01"], known["db-02"]),
        role=Role.PLANNER,
    )  # fmt: skip
    plan = api.done(
        "POST",
        "/recovery-plans",
        {
            "name": unique("live"),
            "waves": [{"name": "only", "groupIds": [group["groupId"]], "pauseBefore": True}],
        },
        role=Role.PLANNER,
    )
    body = {"planId": plan["planId"], "isDrill": True, "reason": "seen live"}
    return begun(api, body)


def test_a_drill_is_seen_as_it_happens_and_nothing_is_lost_when_the_network_dies(
    api: Api,
) -> None:
    with listening(api, LIST) as everything:
        run = drill(api)
        with listening(api, topic_of(run)) as one, listening(api, topic_of(run)) as other:
            everything.until(
                lambda it: any((d["workflowId"], d.get("newStatus")) == (run, "PAUSED") for d in it)
            )
            api.done("POST", f"/executions/{run}/resume", {"reason": "seen"}, role=Role.OPERATOR)
            other.until(lambda it: any(d["type"] == "serverUpdated" for d in it))
            one.drop()
            missed = len(other.deltas) + 1
            other.until(lambda it: len(it) >= missed)
            one.network.set()
            for listener in (one, other, everything):
                listener.until(lambda it: any(over(d) for d in it if d["workflowId"] == run))
            # Both hear the same from the moment from which both listen; the one a little later.
            until(lambda: other.deltas == one.deltas[-len(other.deltas) :])
            other.until(is_a_whole_drill)
        assert one.reloads == other.reloads == 0
        assert not any("token" in json.dumps(delta).lower() for delta in other.deltas)
        require_the_list(everything, run)


def over(delta: dict[str, Any]) -> bool:
    """Is it the end of the workflow?"""
    return (delta["type"], delta.get("newStatus")) == ("workflowStatusChanged", "COMPLETED")


def is_a_whole_drill(told: list[dict[str, Any]]) -> bool:
    """One wave and its two servers, each begun and ended once, and well."""
    waves = [d["newStatus"] for d in told if d["type"] == "waveUpdated"]
    servers = {d["name"]: d["newStatus"] for d in told if d["type"] == "serverUpdated"}
    steps = Counter(
        (d["type"], d["stepId"].split(":")[0])
        for d in told
        if d["type"] in ("stepStarted", "stepCompleted")
    )
    return (waves[-1:], servers, steps) == (
        ["COMPLETED"],
        {"db-01": "LAUNCHED", "db-02": "LAUNCHED"},
        {
            ("stepStarted", "server"): 2,
            ("stepCompleted", "server"): 2,
            ("stepStarted", "wave"): 1,
            ("stepCompleted", "wave"): 1,
        },
    )


def require_the_list(everything: Listener, run: str) -> None:
    mine = [delta for delta in everything.deltas if delta["workflowId"] == run]
    assert mine[0]["type"] == "workflowStarted"
    assert (mine[0]["engine"], mine[0]["isDrill"]) == ("recovery", True)
    statuses = [d["newStatus"] for d in mine if d["type"] == "workflowStatusChanged"]
    assert (statuses[0], statuses[-1]) == ("RUNNING", "COMPLETED")
    assert "PAUSED" in statuses
    # A run is told once, as itself: never as the execution behind it.
    assert not [d for d in everything.deltas if d.get("name") == run]


# ---- what is said


def test_what_is_not_understood_is_said_and_the_connection_stays(api: Api) -> None:
    with connected(given(api)) as it:
        it.send("no json")
        assert json.loads(it.recv(timeout=PATIENCE))["code"] == "badFrame"
        assert ask(it, action="dance")["code"] == "unknownAction"
        wrong = ask(it, action="subscribe", topics=[{"topic": "workflow:nothing"}])
        assert wrong["code"] == "unknownTopic"
        topics = [{"topic": f"workflow:custom.test.{number}"} for number in range(10)]
        for _ in range(2):
            it.send(json.dumps({"action": "subscribe", "topics": topics}))
            assert {json.loads(it.recv(timeout=PATIENCE))["type"] for _ in topics} == {"subscribed"}
            topics = [{"topic": f"workflow:custom.test.1{number}"} for number in range(10)]
        one_more = ask(it, action="subscribe", topics=[{"topic": "list"}])
        assert one_more["code"] == "tooManyTopics"
        gone = ask(it, action="unsubscribe", topics=["workflow:custom.test.1"])
        assert gone["type"] == "unsubscribed"
        assert ask(it, action="subscribe", topics=[{"topic": "list"}])["type"] == "subscribed"


# ---- the steps of any execution


def test_many_tabs_on_one_execution_cause_one_tailer(
    aws: Emulator, api: Api, table: str, start: Callable[..., str], hold: Hold
) -> None:
    arn = start(held=True)
    topic = topic_of(id_of_execution(arn))
    with contextlib.ExitStack() as tabs:
        listeners = [tabs.enter_context(listening(api, topic)) for _ in range(TABS)]
        until(lambda: sorted(items(aws, table, "tails")) == ["#WORKER", arn])
        hold.let_go(arn)
        for listener in listeners:
            listener.until(
                lambda it: any(d["type"] == "stepCompleted" and d["name"] == "End" for d in it)
            )
        ended = [
            [d["name"] for d in one.of("stepCompleted") if d["name"] in ("Third", "End")]
            for one in listeners
        ]
        assert ended == [["Third", "End"]] * TABS
    until(lambda: items(aws, table, "tails") == [])  # nobody watches, and nothing runs


def test_a_tailer_ends_with_its_last_watcher(
    aws: Emulator, api: Api, table: str, start: Callable[..., str], hold: Hold
) -> None:
    arn = start(held=True)
    with listening(api, topic_of(id_of_execution(arn))):
        until(lambda: set(items(aws, table, "tails")) == {"#WORKER", arn})
    until(lambda: items(aws, table, "tails") == [])
    hold.let_go(arn)


# ---- for programs, and what goes wrong


def test_who_did_not_take_its_frames_gets_them_some_seconds_later(
    aws: Emulator, api: Api, table: str, start: Callable[..., str]
) -> None:
    again = next(
        name
        for logical, name in resources(aws, "api", "AWS::Lambda::Function").items()
        if logical.startswith("LiveAgain")
    )

    def ask_for(since: int, connection: str) -> dict[str, int]:
        """As the function does that could not post."""
        late = [{"topic": LIST, "after": since, "connections": [connection]}]
        payload = json.dumps({"late": late}).encode()
        answer = aws.client("lambda").invoke(FunctionName=again, Payload=payload)
        told: dict[str, int] = json.loads(answer["Payload"].read())
        return told

    before = {key["topic"]["S"] for key in keys_of_connections(aws, table)}
    with connected(given(api)) as it:
        known = ask(it, action="subscribe", topics=[{"topic": LIST}])
        [connection] = {key["topic"]["S"] for key in keys_of_connections(aws, table)} - before
        arn = start()
        while id_of_execution(arn) not in (heard := str(it.recv(timeout=30))):
            pass
        said = ask_for(known["cursor"], connection.removeprefix("connection#"))
        assert said == {"taken": 1, "gone": 0, "sentAway": 0}
        while str(it.recv(timeout=30)) != heard:
            pass
    until(lambda: connection not in {k["topic"]["S"] for k in keys_of_connections(aws, table)})
    said = ask_for(known["cursor"], connection.removeprefix("connection#"))
    assert said == {"taken": 0, "gone": 1, "sentAway": 0}


def test_other_systems_are_told_on_a_bus(aws: Emulator, start: Callable[..., str]) -> None:
    sqs, events = aws.client("sqs"), aws.client("events")
    bus = contract.live_bus_name(ENVIRONMENT)
    queue = sqs.create_queue(QueueName="hears-changes")["QueueUrl"]
    rule = {"Name": "hears-changes", "EventBusName": bus}
    events.put_rule(**rule, EventPattern=json.dumps({"source": [contract.LIVE_EVENT_SOURCE]}))
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:hears-changes"
    events.put_targets(
        Rule="hears-changes", EventBusName=bus, Targets=[{"Id": "queue", "Arn": target}]
    )
    try:
        workflow = id_of_execution(start())

        def told() -> dict[str, Any] | None:
            for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
                "Messages", []
            ):
                event: dict[str, Any] = json.loads(message["Body"])
                detail = event["detail"]
                if (detail.get("workflowId"), detail["type"]) == (workflow, "workflowStarted"):
                    return event
            return None

        event = until(told)
        assert event["detail-type"] == contract.LIVE_EVENT
        assert event["detail"]["id"]
    finally:
        events.remove_targets(Rule="hears-changes", EventBusName=bus, Ids=["queue"])
        events.delete_rule(**rule)
        sqs.delete_queue(QueueUrl=queue)


def test_a_bad_record_is_laid_aside_and_its_neighbours_are_told(aws: Emulator, api: Api) -> None:
    index = table_of(aws, "index", "ExecutionIndex")
    dead = next(
        url
        for logical, url in resources(aws, "api", "AWS::SQS::Queue").items()
        if logical.startswith("LiveDeadLetters")
    )
    dynamodb, sqs = aws.client("dynamodb"), aws.client("sqs")
    bad = {"executionArn": {"S": f"custom.test.{uuid.uuid4()}"}}  # without a status
    good = f"custom.test.{uuid.uuid4()}"
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    row = {"executionArn": good, "executionName": "good", "status": "RUNNING", "startDate": now}
    with listening(api, LIST) as listener:
        dynamodb.put_item(TableName=index, Item=bad)
        dynamodb.put_item(TableName=index, Item={k: {"S": v} for k, v in row.items()})
        listener.until(lambda it: any(d.get("workflowId") == good for d in it))
    try:
        message = letter(sqs, dead, lambda body: bad["executionArn"]["S"] in body)
        assert "no change of ours" in message["MessageAttributes"]["reason"]["StringValue"]
    finally:
        for key in (bad["executionArn"]["S"], good):
            dynamodb.delete_item(TableName=index, Key={"executionArn": {"S": key}})
