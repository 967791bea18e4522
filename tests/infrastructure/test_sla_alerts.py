"""The construct SlaAlerts: a sweep every minute that may do its own work and nothing else."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from breakwater import contract
from breakwater_constructs.execution_index_table import ExecutionIndexTable
from breakwater_constructs.notifications import Notifications
from breakwater_constructs.requests_table import RequestsTable
from breakwater_constructs.rollups_table import RollupsTable
from breakwater_constructs.sla_alerts import SlaAlerts
from tests.infrastructure.synthesized import as_list


@pytest.fixture(scope="module")
def alerts() -> SlaAlerts:
    stack = cdk.Stack(cdk.App(), "Stack")
    return SlaAlerts(
        stack,
        "Alerts",
        environment_name="prod",
        index=ExecutionIndexTable(stack, "Index"),
        rollups=RollupsTable(stack, "Rollups"),
        requests=RequestsTable(stack, "Requests"),
        notifications=Notifications(stack, "Notifications"),
        variables={contract.STATE_MACHINE_VARIABLE: "arn:of:the:alias"},
    )


@pytest.fixture(scope="module")
def template(alerts: SlaAlerts) -> assertions.Template:
    alerts.alarm()
    return assertions.Template.from_stack(cdk.Stack.of(alerts))


def test_it_may_find_what_is_due_write_what_it_told_and_tell_it(
    template: assertions.Template,
) -> None:
    allowed: set[str] = set()
    for policy in template.find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            allowed |= set(as_list(statement["Action"]))
    assert {one for one in allowed if not one.startswith(("logs:", "xray:"))} == {
        *("dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
        *("states:DescribeExecution", "states:GetExecutionHistory"),
        *("sns:Publish", "ssm:GetParameter"),
    }


def test_it_comes_every_minute_and_the_next_minute_is_the_retry(
    template: assertions.Template,
) -> None:
    [rule] = template.find_resources("AWS::Events::Rule").values()
    assert rule["Properties"]["ScheduleExpression"] == "rate(1 minute)"
    [target] = rule["Properties"]["Targets"]
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    template.has_resource_properties("AWS::Lambda::EventInvokeConfig", {"MaximumRetryAttempts": 0})


def test_sweeps_that_fail_raise_an_alarm_that_says_where_to_read_on(
    template: assertions.Template,
) -> None:
    [alarm] = template.find_resources("AWS::CloudWatch::Alarm").values()
    assert "targets of workflows" in alarm["Properties"]["AlarmDescription"]
