"""What may be read of Step Functions."""

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn

from breakwater_constructs.execution_reading import READS, grant_read_executions


def test_the_right_to_read_is_of_one_machines_executions_and_three_calls() -> None:
    stack = cdk.Stack(
        cdk.App(), "stack", env=cdk.Environment(account="111122223333", region="eu-west-1")
    )
    arn = "arn:aws:states:eu-west-1:111122223333:stateMachine:Plan"
    machine = sfn.StateMachine.from_state_machine_arn(stack, "Machine", arn)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    grant_read_executions(role, machine)
    [policy] = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert sorted(statement["Action"]) == sorted(READS)
    assert statement["Resource"] == ("arn:aws:states:eu-west-1:111122223333:execution:Plan:*")
