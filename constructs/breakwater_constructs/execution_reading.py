"""The right to read executions of one state machine, and nothing else of Step Functions."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn

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
