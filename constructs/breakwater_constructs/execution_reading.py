"""The right to read executions, of one state machine or of all, and nothing else of them."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from breakwater_constructs.runtime_function import RuntimeFunction

READS = (
    "states:DescribeExecution",
    "states:DescribeStateMachineForExecution",
    "states:GetExecutionHistory",
)


def grant_read_executions(grantee: iam.IGrantable, state_machine: sfn.IStateMachine) -> iam.Grant:
    """May read the executions of this state machine: facts, histories, the definition they used.

    Histories hold task tokens: who may read them can answer waiting tasks. Give this to functions
    that redact what they hand on.
    """
    stack = cdk.Stack.of(state_machine)
    machine = stack.split_arn(
        state_machine.state_machine_arn, cdk.ArnFormat.COLON_RESOURCE_NAME
    ).resource_name
    executions = stack.format_arn(
        service="states",
        resource="execution",
        resource_name=f"{machine}:*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=list(READS), resource_arns=[executions]
    )


def grant_read_all_executions(grantee: iam.IGrantable, scope: Construct) -> iam.Grant:
    """May read the executions of every state machine of the stack of `scope`: its account and
    Region. Histories hold task tokens, as above.
    """
    executions = cdk.Stack.of(scope).format_arn(
        service="states",
        resource="execution",
        resource_name="*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=list(READS), resource_arns=[executions]
    )


def grant_look_at_any(function: RuntimeFunction, actions: Sequence[str], reason: str) -> None:
    """May make these calls of Step Functions about every state machine there is, in this Region.

    :param reason: why all of them.
    """
    iam.Grant.add_to_principal(
        grantee=function,
        actions=[f"states:{action}" for action in actions],
        resource_arns=["*"],
        conditions={"StringEquals": {"aws:RequestedRegion": cdk.Aws.REGION}},
    ).assert_success()
    cdk.Validations.of(function).acknowledge(
        cdk.Acknowledgment(id="AwsSolutions-IAM5[Resource::*]", reason=reason)
    )


def grant_read_function_logs(grantee: iam.IGrantable, scope: Construct) -> iam.Grant:
    """May find where functions log, and read those logs that lie below /aws/lambda/."""
    stack = cdk.Stack.of(scope)
    groups = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name="/aws/lambda/*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    functions = stack.format_arn(
        service="lambda",
        resource="function",
        resource_name="*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    lines = iam.Grant.add_to_principal(
        grantee=grantee, actions=["logs:FilterLogEvents"], resource_arns=[groups]
    )
    return lines.combine(
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["lambda:GetFunctionConfiguration"], resource_arns=[functions]
        )
    )
