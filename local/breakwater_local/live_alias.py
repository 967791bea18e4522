"""Gives each state machine the alias by which it is started, as its template does on AWS.

The embedded CloudFormation knows neither versions nor aliases of state machines, its API knows
both. A test tells when this is no longer needed.
"""

from collections.abc import Sequence
from typing import Any

from breakwater.contract import LIVE_ALIAS
from breakwater_local.emulator import Emulator

STATE_MACHINE = "AWS::StepFunctions::StateMachine"


def apply_live_aliases(emulator: Emulator, stacks: Sequence[str]) -> None:
    """Lead `live` to a version of what each machine is now; again: changes nothing."""
    cloudformation = emulator.client("cloudformation")
    machines = emulator.client("stepfunctions")
    for stack in stacks:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for page in pages:
            for resource in page["StackResourceSummaries"]:
                if resource["ResourceType"] == STATE_MACHINE:
                    _apply(machines, resource["PhysicalResourceId"])


def _apply(machines: Any, machine: str) -> None:
    alias = f"{machine}:{LIVE_ALIAS}"
    listed = machines.list_state_machine_aliases(stateMachineArn=machine)["stateMachineAliases"]
    known = any(one["stateMachineAliasArn"] == alias for one in listed)
    revision = machines.describe_state_machine(stateMachineArn=machine)["revisionId"]
    if known and _revision_behind(machines, alias) == revision:
        return
    version = machines.publish_state_machine_version(stateMachineArn=machine, revisionId=revision)
    route = [{"stateMachineVersionArn": version["stateMachineVersionArn"], "weight": 100}]
    if known:
        machines.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=route)
    else:
        machines.create_state_machine_alias(name=LIVE_ALIAS, routingConfiguration=route)


def _revision_behind(machines: Any, alias: str) -> str | None:
    described = machines.describe_state_machine_alias(stateMachineAliasArn=alias)
    [route] = described["routingConfiguration"]
    version = machines.describe_state_machine(stateMachineArn=route["stateMachineVersionArn"])
    revision: str | None = version.get("revisionId")
    return revision
