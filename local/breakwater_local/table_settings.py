"""Does for tables what CloudFormation does on AWS and the embedded one leaves out.

Point-in-time recovery, encryption, time to live and the table's own policy stand in the templates;
they are read from there, so nothing is said twice. A test tells when this is no longer needed.
"""

import json
from collections.abc import Sequence
from typing import Any

from breakwater_local.emulator import Emulator


def apply_table_settings(emulator: Emulator, stacks: Sequence[str]) -> None:
    """Apply them to every table of these stacks; applying them again changes nothing."""
    cloudformation = emulator.client("cloudformation")
    for stack in stacks:
        template = cloudformation.get_template(StackName=stack)["TemplateBody"]
        resources = (json.loads(template) if isinstance(template, str) else template)["Resources"]
        for logical, resource in resources.items():
            if resource["Type"] != "AWS::DynamoDB::Table":
                continue
            detail = cloudformation.describe_stack_resource(
                StackName=stack, LogicalResourceId=logical
            )["StackResourceDetail"]
            _apply(
                emulator.client("dynamodb"),
                detail["PhysicalResourceId"],
                resource.get("Properties", {}),
            )


def _apply(dynamodb: Any, table: str, properties: dict[str, Any]) -> None:
    description = dynamodb.describe_table(TableName=table)["Table"]
    if "PointInTimeRecoverySpecification" in properties:
        dynamodb.update_continuous_backups(
            TableName=table,
            PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"],
        )
    encryption = properties.get("SSESpecification", {})
    if encryption.get("SSEEnabled") and not description.get("SSEDescription"):
        dynamodb.update_table(TableName=table, SSESpecification={"Enabled": True, "SSEType": "KMS"})
    expiry = properties.get("TimeToLiveSpecification")
    known = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if expiry and known.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
    policy = properties.get("ResourcePolicy", {}).get("PolicyDocument")
    if policy:
        dynamodb.put_resource_policy(ResourceArn=description["TableArn"], Policy=json.dumps(policy))
