"""The construct ExecutionRollups: what it makes, and what it refuses to make."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from breakwater import contract
from breakwater.contract import RollupSettings
from breakwater_constructs.execution_index import ExecutionIndex
from breakwater_constructs.execution_rollups import ExecutionRollups
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.rollup_alarms import RollupAlarms
from breakwater_constructs.rollups_table import RollupsTable


def made(**properties: Any) -> ExecutionRollups:
    stack = cdk.Stack(cdk.App(), "Stack")
    return ExecutionRollups(
        stack,
        "Rollups",
        index=ExecutionIndex(stack, "Executions"),
        rollups=RollupsTable(stack, "Table"),
        requests=RequestsTable(stack, "Requests"),
        **properties,
    )


def template(**properties: Any) -> assertions.Template:
    return assertions.Template.from_stack(cdk.Stack.of(made(**properties)))


@pytest.fixture(scope="module")
def usual() -> assertions.Template:
    return template()


def actions(of: assertions.Template, function: str) -> dict[str, set[str]]:
    """Service → what this function's role may do there."""
    found: dict[str, set[str]] = {}
    for name, policy in of.find_resources("AWS::IAM::Policy").items():
        if not name.startswith(f"Rollups{function}"):
            continue
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            said = statement["Action"]
            for action in [said] if isinstance(said, str) else said:
                service, _, what = action.partition(":")
                found.setdefault(service, set()).add(what)
    return found


def test_only_rows_that_ended_are_brought_and_a_bad_batch_is_cut_until_it_is_alone(
    usual: assertions.Template,
) -> None:
    [mapping] = [
        mapping["Properties"]
        for mapping in usual.find_resources("AWS::Lambda::EventSourceMapping").values()
        if "FilterCriteria" in mapping["Properties"]
    ]
    [one] = mapping["FilterCriteria"]["Filters"]
    assert json.loads(one["Pattern"]) == {
        "dynamodb": {"NewImage": {"stopDate": {"S": [{"exists": True}]}}}
    }
    assert mapping["BisectBatchOnFunctionError"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert "DeadLetters" in str(mapping["DestinationConfig"]["OnFailure"])


def test_each_function_may_do_its_own_work(usual: assertions.Template) -> None:
    contribute, sweep = actions(usual, "Contribute"), actions(usual, "Sweep")
    assert contribute["dynamodb"] == {
        *("BatchGetItem", "PutItem", "UpdateItem"),
        *("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
    }
    assert sweep["dynamodb"] == {"BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"}
    assert contribute["states"] == sweep["states"] == {"GetExecutionHistory"}
    assert contribute["sqs"] == {"SendMessage"}
    assert "sqs" not in sweep


def test_the_functions_are_told_how_long_figures_stay() -> None:
    functions = template(keep=cdk.Duration.days(90)).find_resources("AWS::Lambda::Function")
    told = [
        RollupSettings.from_json(variables[contract.ROLLUP_SETTINGS_VARIABLE])
        for function in functions.values()
        if contract.ROLLUP_SETTINGS_VARIABLE
        in (variables := function["Properties"]["Environment"]["Variables"])
    ]
    assert told == [RollupSettings(keepDays=90)] * 2


def test_figures_that_leave_before_they_can_be_asked_for_are_refused() -> None:
    with pytest.raises(ValueError, match="keep is 30 days; give 31 or more"):
        made(keep=cdk.Duration.days(30))


def test_dead_letters_and_failing_sweeps_raise_alarms() -> None:
    rollups = made()
    names = [
        str(alarm.node.id)
        for alarm in RollupAlarms(cdk.Stack.of(rollups), "Alarms", rollups=rollups).alarms
    ]
    assert names == ["DeadLetters", "SweepFails"]
    assert rollups.metric_lag().metric_name == "IteratorAge"
    assert rollups.metric_errors().metric_name == "Errors"
