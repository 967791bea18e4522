"""Finds a deployment's tables as CloudFormation knows them. Calls ListStackResources."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.recovery.recovery_tables import RecoveryTables

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

_LOGICAL = {"groups": "ProtectionGroups", "plans": "RecoveryPlans", "audit": "AuditTrail"}


class NotDeployed(RuntimeError):
    """There is no such deployment; the message says how to make one."""


def tables_of(cloudformation: "CloudFormationClient", environment: str) -> RecoveryTables:
    """The physical names of the tables of an environment."""
    stack = contract.stack_name(environment, "data")
    found: dict[str, str] = {}
    try:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for page in pages:
            for resource in page["StackResourceSummaries"]:
                if resource["ResourceType"] == "AWS::DynamoDB::Table":
                    logical = resource["LogicalResourceId"]
                    for name, prefix in _LOGICAL.items():
                        if logical.startswith(prefix):
                            found[name] = resource.get("PhysicalResourceId", "")
    except ClientError as error:
        # CloudFormation has no code of its own for a stack that is not there.
        if error.response["Error"]["Code"] == "ValidationError":
            raise NotDeployed(_not_there(stack, environment)) from error
        raise
    if found.keys() != _LOGICAL.keys() or not all(found.values()):
        raise NotDeployed(_not_there(stack, environment))
    return RecoveryTables(**found)


def _not_there(stack: str, environment: str) -> str:
    deploy = "make up" if environment == "local" else f"make deploy ENV={environment}"
    return f"The stack {stack} with its tables is not deployed here. Deploy it: {deploy}"
