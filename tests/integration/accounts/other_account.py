"""Another account on the embedded AWS, and the role by which Breakwater gets in."""

import json
from typing import Any

import aws_cdk as cdk
import boto3

from breakwater_constructs.target_account_role import TargetAccountRole
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from tests.integration.waiting import PATIENCE

OTHER = "444455556666"
STACK = "breakwater-local-target"


def in_other_account(aws: Emulator, service: str, account: str = OTHER) -> Any:
    """A client there: on the embedded AWS an access key of twelve digits is an account."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=aws.endpoint,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )


def deploy(aws: Emulator, external_id: str, account: str = OTHER) -> None:
    app = cdk.App()
    stack = cdk.Stack(app, STACK, synthesizer=cdk.BootstraplessSynthesizer())
    TargetAccountRole(
        stack,
        "TargetAccountRole",
        environment_name="local",
        control_account=ACCOUNT,
        external_id=external_id,
    )
    template = json.dumps(app.synth().get_stack_by_name(STACK).template)
    cloudformation = in_other_account(aws, "cloudformation", account)
    cloudformation.create_stack(
        StackName=STACK, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": int(PATIENCE)}
    )


def remove(aws: Emulator, account: str = OTHER) -> None:
    cloudformation = in_other_account(aws, "cloudformation", account)
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": int(PATIENCE)}
    )
