"""The construct ExecutionIndex: what it makes, and what it refuses to make."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater_constructs.execution_index import ExecutionIndex


def template(**properties: Any) -> assertions.Template:
    stack = cdk.Stack(cdk.App(), "Stack")
    ExecutionIndex(stack, "Executions", **properties)
    return assertions.Template.from_stack(stack)


@pytest.fixture(scope="module")
def made() -> assertions.Template:
    return template()


def rules(of: assertions.Template) -> list[dict[str, Any]]:
    found = of.find_resources("AWS::Events::Rule").values()
    return [
        rule["Properties"]["EventPattern"] for rule in found if "EventPattern" in rule["Properties"]
    ]


def told(of: assertions.Template) -> IndexSettings:
    for function in of.find_resources("AWS::Lambda::Function").values():
        variables = function["Properties"]["Environment"]["Variables"]
        return IndexSettings.from_json(variables[contract.INDEX_SETTINGS_VARIABLE])
    raise AssertionError("no function")


def status_changes(of: assertions.Template) -> dict[str, Any]:
    [pattern] = [one for one in rules(of) if one["source"] == ["aws.states"]]
    return pattern


def test_what_gates_of_this_account_say_is_taken(made: assertions.Template) -> None:
    [pattern] = [one for one in rules(made) if one["source"] != ["aws.states"]]
    assert pattern == {
        "account": [{"Ref": "AWS::AccountId"}],
        "region": [{"Ref": "AWS::Region"}],
        "source": [contract.GATE_EVENT_SOURCE],
        "detail-type": [contract.GATE_EVENT_TYPE],
    }


def test_every_status_is_taken_and_children_of_maps_are_not(made: assertions.Template) -> None:
    pattern = status_changes(made)
    assert pattern == {
        # Other accounts may send their events to this bus: they have indexes of their own.
        "account": [{"Ref": "AWS::AccountId"}],
        "region": [{"Ref": "AWS::Region"}],
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"stateMachineArn": [{"anything-but": {"wildcard": "*/*"}}]},
    }


def test_children_of_maps_are_taken_when_asked_for() -> None:
    assert "detail" not in status_changes(template(include_map_children=True))


def test_records_come_in_batches_and_fail_alone(made: assertions.Template) -> None:
    made.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {"BatchSize": 10, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
    )
    made.has_resource_properties(
        "AWS::SQS::Queue",
        {
            "RedrivePolicy": {
                "deadLetterTargetArn": {"Fn::GetAtt": [assertions.Match.any_value(), "Arn"]},
                "maxReceiveCount": 6,
            },
            "VisibilityTimeout": 180,
            "SqsManagedSseEnabled": True,
        },
    )


def test_only_its_rules_may_send_to_the_queue(made: assertions.Template) -> None:
    allowed = [
        statement
        for policy in made.find_resources("AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    for statement, rule in zip(allowed, ("StatusChanges", "Gates"), strict=True):
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert rule in str(statement["Condition"]["ArnEquals"]["aws:SourceArn"])


def test_dead_letters_raise_an_alarm(made: assertions.Template) -> None:
    made.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"MetricName": "ApproximateNumberOfMessagesVisible", "Threshold": 1},
    )
    assert not template(alarms=False).find_resources("AWS::CloudWatch::Alarm")


def test_the_table_tells_every_change(made: assertions.Template) -> None:
    made.has_resource_properties(
        "AWS::DynamoDB::Table", {"StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
    )


def test_the_functions_are_told_what_the_construct_was_told() -> None:
    made = template(
        agent_name_tag="owner",
        search_attributes={"orders": ["order.id"]},
        input_paths={"priority": "meta.priority"},
        keep=None,
        include_map_children=True,
        sweep_interval=cdk.Duration.minutes(10),
        api_share=0.2,
    )
    assert told(made) == IndexSettings(
        agentNameTag="owner",
        search={"orders": ["order.id"]},
        inputPaths={"priority": "meta.priority"},
        keepDays=None,
        mapChildren=True,
        apiShare=0.2,
        sweepMinutes=10,
    )
    assert told(template()) == IndexSettings()


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"input_paths": {"colour": "a"}}, "names \\['colour'\\]"),
        ({"api_share": 0.6}, "api_share is 0.6"),
        ({"api_share": 0}, "api_share is 0"),
        ({"sweep_interval": cdk.Duration.hours(2)}, "120"),
        ({"agent_name_tag": " "}, "agent_name_tag is ' '"),
        ({"search_attributes": {"orders": "order.id"}}, "paths of orders are 'order.id'"),
        ({"search_attributes": {"orders": ["order..id"]}}, "'order..id'"),
        ({"search_attributes": {"orders": [f"a.{n}" for n in range(11)]}}, "has 11 paths"),
        ({"input_paths": {"priority": ""}}, "paths of priority"),
        ({"keep": cdk.Duration.hours(12)}, "at least a day"),
        ({"search_attributes": {f"m-{n}": ["a" * 50] for n in range(60)}}, "3000 fit"),
    ],
)
def test_what_cannot_work_is_refused_at_synthesis(properties: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        template(**properties)


def test_two_of_them_stand_in_one_stack_each_with_its_own_parts() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    for name in ("Ours", "Theirs"):
        ExecutionIndex(stack, name)
    outputs = assertions.Template.from_stack(stack).find_outputs(
        "*", {"Description": contract.INDEX_PARTS_OUTPUT}
    )
    assert len({str(output["Value"]) for output in outputs.values()}) == 2


def test_who_may_query_may_read_and_nothing_else() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    index = ExecutionIndex(stack, "Executions")
    role = iam.Role(stack, "Reader", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    index.grant_query(role)
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    [policy] = [p for name, p in policies.items() if name.startswith("Reader")]
    actions = {
        action
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    assert actions == {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}


def test_it_measures_itself() -> None:
    index = ExecutionIndex(cdk.Stack(cdk.App(), "Stack"), "Executions")
    names = [
        metric.metric_name
        for metric in (
            index.metric_lag(),
            index.metric_dead_letters(),
            index.metric_repairs(),
            index.metric_sweep_errors(),
        )
    ]
    assert names == [
        "ApproximateAgeOfOldestMessage",
        "ApproximateNumberOfMessagesVisible",
        "Repairs",
        "Errors",
    ]
