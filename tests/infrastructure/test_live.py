"""Live updates: what listens to what, and what each function may."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_logs as logs

from breakwater_constructs.execution_history_table import ExecutionHistoryTable
from breakwater_constructs.execution_index import ExecutionIndex
from breakwater_constructs.live_alarms import LiveAlarms
from breakwater_constructs.live_api import LiveApi
from breakwater_constructs.live_steps import LiveSteps
from breakwater_constructs.requests_table import RequestsTable
from tests.infrastructure.synthesized import Synthesized, as_list

MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:recovery:live"


def made() -> tuple[cdk.Stack, LiveApi, RequestsTable]:
    """Alone, in a stack of somebody else's."""
    stack = cdk.Stack(cdk.App(), "Stack")
    requests = RequestsTable(stack, "Requests")
    live = LiveApi(
        stack,
        "Live",
        index=ExecutionIndex(stack, "Index"),
        history=ExecutionHistoryTable(stack, "History"),
        requests=requests,
        recovery_machine_arn=MACHINE,
    )
    return stack, live, requests


def actions(template: assertions.Template, role: str) -> set[str]:
    """What the functions' roles whose ids begin so may do."""
    return {
        action
        for logical, policy in template.find_resources("AWS::IAM::Policy").items()
        if logical.startswith(role)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
    }


@pytest.fixture(scope="module")
def template() -> assertions.Template:
    stack, live, requests = made()
    LiveAlarms(stack, "Alarms", live=live)
    LiveSteps(
        stack, "Steps", live=live, requests=requests, log_group=logs.LogGroup(stack, "OrdersLog")
    )
    return assertions.Template.from_stack(stack)


def test_streams_bring_only_what_is_told_and_lay_aside_what_kills(prod: Synthesized) -> None:
    mappings = [
        one.properties
        for one in prod.resources("AWS::Lambda::EventSourceMapping")
        if one.logical_id.startswith("LiveChanges")
    ]
    patterns = [
        json.loads(one["Pattern"])["dynamodb"]["Keys"]
        for mapping in mappings
        for one in mapping["FilterCriteria"]["Filters"]
    ]
    told: dict[str, set[str]] = {}
    for pattern in patterns:
        [(key, condition)] = pattern.items()
        told.setdefault(key, set()).add(condition["S"][0]["prefix"])
    assert told == {
        "executionArn": {"arn:", "custom.", "#STEP#", "#HEALTH"},
        "itemKey": {"EXECUTION", "WAVE#", "SERVER#", "COMPENSATION#"},
    }
    for mapping in mappings:
        assert "MaximumBatchingWindowInSeconds" not in mapping  # nobody waits for a batch
        assert mapping["MaximumRetryAttempts"] <= 5
        assert "LiveDeadLetters" in str(mapping["DestinationConfig"])


def test_no_stream_has_more_than_two_consumers(each: Synthesized) -> None:
    streams = [
        json.dumps(mapping.properties["EventSourceArn"])
        for mapping in each.resources("AWS::Lambda::EventSourceMapping")
        if "Stream" in json.dumps(mapping.properties["EventSourceArn"])
    ]
    assert streams
    assert max(map(streams.count, streams)) <= 2


def test_each_function_may_only_what_it_does(template: assertions.Template) -> None:
    tracing = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    writing = {"logs:CreateLogStream", "logs:PutLogEvents"}
    kept = {f"dynamodb:{name}" for name in ("GetItem", "PutItem", "UpdateItem", "Query")}
    telling = {*kept, "dynamodb:DeleteItem", "execute-api:ManageConnections", "events:PutEvents"}
    telling |= {"lambda:InvokeFunction"}
    reading = {"states:GetExecutionHistory"}
    stream = {
        f"dynamodb:{name}"
        for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    }
    beyond = {
        "LiveAuthorizer": {"dynamodb:DeleteItem"},
        "LiveClients": {
            *kept,
            "dynamodb:DeleteItem",
            "dynamodb:BatchWriteItem",
            "execute-api:ManageConnections",
            "lambda:InvokeFunction",
        },
        "LiveAgain": {
            *(f"dynamodb:{name}" for name in ("GetItem", "DeleteItem", "Query")),
            "execute-api:ManageConnections",
        },
        "LiveChanges": {*telling, *stream, "sqs:SendMessage"},
        "LiveTail": {*telling, *reading},
        "StepsPushed": {*telling, *reading, "sqs:SendMessage"},
    }
    for role, may in beyond.items():
        assert actions(template, role) == {*tracing, *writing, *may}, role


def test_who_tells_may_call_what_posts_again_and_only_some_may_start_the_loop(
    template: assertions.Template,
) -> None:
    calls: dict[str, set[str]] = {}
    for logical, policy in template.find_resources("AWS::IAM::Policy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            if "lambda:InvokeFunction" in as_list(statement["Action"]):
                for called in ("LiveAgain", "LiveTail"):
                    if called in str(statement["Resource"]):
                        caller = logical.split("Role")[0].split("GoesOn")[0]
                        calls.setdefault(called, set()).add(caller)
    assert calls == {
        "LiveAgain": {"LiveChanges", "LiveTail", "StepsPushed"},
        "LiveTail": {"LiveChanges", "LiveClients", "LiveTail"},
    }


def test_the_loop_may_start_itself_and_lambda_takes_it_for_no_mistake(
    template: assertions.Template,
) -> None:
    functions: Any = template.find_resources(
        "AWS::Lambda::Function", {"Properties": {"RecursiveLoop": "Allow"}}
    )
    [tail] = functions
    assert tail.startswith("LiveTail")
    assert functions[tail]["Properties"]["Timeout"] == 900


def test_what_a_machine_logs_is_pushed_whole(template: assertions.Template) -> None:
    template.has_resource_properties("AWS::Logs::SubscriptionFilter", {"FilterPattern": ""})


def test_steps_are_told_from_logs_of_other_stacks() -> None:
    """Where a team's state machine is, `LiveSteps` is, too: ours needs nothing of theirs."""
    ours, live, requests = made()
    app = ours.node.root
    assert isinstance(app, cdk.App)
    theirs = cdk.Stack(app, "Theirs")
    for name, group in {
        "Orders": logs.LogGroup(theirs, "OrdersLog"),
        "Invoices": logs.LogGroup.from_log_group_name(theirs, "InvoicesLog", "/aws/vendedlogs/i"),
    }.items():
        LiveSteps(theirs, name, live=live, requests=requests, log_group=group)
    template = assertions.Template.from_stack(theirs)
    template.resource_count_is("AWS::Logs::SubscriptionFilter", 2)
    assert actions(template, "OrdersPushed") == actions(template, "InvoicesPushed")
    assert ours in theirs.dependencies
    assert theirs not in ours.dependencies


def test_a_push_that_cannot_be_told_is_tried_again_and_then_laid_aside(
    template: assertions.Template,
) -> None:
    [config] = template.find_resources("AWS::Lambda::EventInvokeConfig").values()
    assert "StepsPushed" in str(config["Properties"]["FunctionName"])
    assert "LiveDeadLetters" in str(config["Properties"]["DestinationConfig"]["OnFailure"])
    assert config["Properties"]["MaximumRetryAttempts"] == 2
    assert any("StepsPushedRole" in one for one in config["DependsOn"])


def test_nobody_publishes_to_the_bus_of_changes_but_those_who_tell(prod: Synthesized) -> None:
    telling = {
        resource.logical_id.split("Role")[0]
        for resource, statement in prod.statements()
        if "events:PutEvents" in as_list(statement["Action"]) and "LiveBus" in str(statement)
    }
    assert telling == {"LiveChanges", "LiveTail"}


def test_nothing_of_breakwater_listens_to_the_bus_of_changes(each: Synthesized) -> None:
    """So what is told there cannot come back."""
    for rule in each.resources("AWS::Events::Rule"):
        assert "LiveBus" not in str(rule.properties.get("EventBusName")), rule.logical_id


def test_metrics_are_of_what_they_say() -> None:
    _, live, _ = made()
    assert live.metric_lag().metric_name == "IteratorAge"
    assert live.metric_refused_clients().metric_name == "Errors"
