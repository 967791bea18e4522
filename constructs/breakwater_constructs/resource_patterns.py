"""Why a right names its resources by a pattern: said to cdk-nag, which finds each of them."""

import aws_cdk as cdk
from constructs import Construct


def explain_pattern(grantee: Construct, service: str, resources: str, reason: str) -> None:
    """The pattern is that of a service in the account and Region of the grantee.

    :param resources: as cdk-nag writes what follows the account in the ARN.
    """
    stack = cdk.Stack.of(grantee)
    where = (stack.partition, service, stack.region, stack.account)
    here = ":".join(["arn", *(_nag_name(part) for part in where)])
    cdk.Validations.of(grantee).acknowledge(
        cdk.Acknowledgment(id=f"AwsSolutions-IAM5[Resource::{here}:{resources}]", reason=reason)
    )


def _nag_name(value: str) -> str:
    """How cdk-nag writes a partition, a Region or an account that only deployment knows."""
    if not cdk.Token.is_unresolved(value):
        return value
    names = {
        cdk.Aws.PARTITION: "<AWS::Partition>",
        cdk.Aws.REGION: "<AWS::Region>",
        cdk.Aws.ACCOUNT_ID: "<AWS::AccountId>",
    }
    return names[value]
