"""The right to act on executions of state machines whose owners allow it by a tag."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from breakwater import contract
from breakwater_constructs.runtime_function import RuntimeFunction

ALLOWED = {f"aws:ResourceTag/{contract.ACTIONS_TAG}": contract.ACTIONS_ALLOWED}


def grant_act_on_executions(
    grantee: RuntimeFunction, scope: Construct, *, embedded: bool = False
) -> None:
    """May stop and redrive executions of the account and Region of `scope`, and start new ones of
    state machines with the tag `breakwater:actions=allow`.

    IAM itself looks at the tag where something is started. Executions have no tags, so for stop
    and redrive it cannot: the code looks at the machine's before each of them.

    :param embedded: for the embedded AWS, which sees no tags of state machines.
    """
    executions, machines = (_arn(scope, kind) for kind in ("execution", "stateMachine"))
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["states:StopExecution", "states:RedriveExecution"],
        resource_arns=[executions],
    )
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["states:DescribeStateMachine"],
        resource_arns=[machines],
    )
    policy = iam.Policy(
        grantee,
        "StartsWhatIsTagged",
        roles=[grantee.role],
        statements=[
            iam.PolicyStatement(
                actions=["states:StartExecution"],
                resources=[machines],
                conditions=None if embedded else {"StringEquals": ALLOWED},
            ),
            iam.PolicyStatement(
                actions=["states:ListTagsForResource"], resources=["*" if embedded else machines]
            ),
        ],
    )
    if embedded:
        cdk.Validations.of(policy).acknowledge(
            cdk.Acknowledgment(
                id="AwsSolutions-IAM5[Resource::*]",
                reason="The embedded AWS does not see which machine's tags are asked for.",
            )
        )


def grant_call_gates(grantee: iam.IGrantable, scope: Construct) -> iam.Grant:
    """May call the functions of pause gates, which their tag tells from all others."""
    functions = cdk.Stack.of(scope).format_arn(
        service="lambda",
        resource="function",
        resource_name="*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=["lambda:InvokeFunction"],
        resource_arns=[functions],
        conditions={
            "StringEquals": {f"aws:ResourceTag/{contract.GATE_TAG}": contract.GATE_FUNCTION}
        },
    )


def _arn(scope: Construct, kind: str) -> str:
    return cdk.Stack.of(scope).format_arn(
        service="states",
        resource=kind,
        resource_name="*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
