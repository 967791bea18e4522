"""How cdk-nag writes what is known only at deployment: for findings that are acknowledged."""

import aws_cdk as cdk


def nag_name(value: str) -> str:
    """A partition, a Region or an account, as it stands in a finding's id."""
    if not cdk.Token.is_unresolved(value):
        return value
    names = {
        cdk.Aws.PARTITION: "<AWS::Partition>",
        cdk.Aws.REGION: "<AWS::Region>",
        cdk.Aws.ACCOUNT_ID: "<AWS::AccountId>",
    }
    return names[value]
