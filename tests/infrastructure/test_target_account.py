"""The role in another account: who may take it, and what it may do."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
import pytest

from breakwater import contract
from breakwater_constructs.recovery_permissions import (
    CHANGED_BY_DRS,
    INSTANCE_ROLES,
    LAUNCH_LOGS,
    MADE_BY_DRS,
    RECOVERY_CALLS,
    RECOVERY_READS,
    TAG_LAUNCHED,
)
from breakwater_constructs.target_account_role import TargetAccountRole
from stacks.environments import ENVIRONMENTS, Environment
from stacks.target_account import build
from tests.infrastructure.synthesized import as_list

CONTROL = "111122223333"


def template(environment: str = "local", control: str = CONTROL) -> dict[str, Any]:
    app = cdk.App()
    build(app, environment, control)
    [stack] = app.synth().stacks
    made: dict[str, Any] = stack.template
    return made


def on_aws(instance_role_arns: Sequence[str] = ()) -> dict[str, Any]:
    """The role alone, as it is made on AWS."""
    stack = cdk.Stack(cdk.App(), "Own")
    TargetAccountRole(
        *(stack, "Role"),
        environment_name="local",
        control_account=CONTROL,
        external_id="x",
        instance_role_arns=instance_role_arns,
    )
    return dict(cdk.assertions.Template.from_stack(stack).to_json())


def role(made: dict[str, Any]) -> dict[str, Any]:
    [found] = [r for r in made["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_it_is_taken_only_by_this_deployment_and_with_the_external_id() -> None:
    [statement] = role(template())["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert f":iam::{CONTROL}:root" in json.dumps(statement["Principal"])
    assert statement["Condition"]["StringEquals"] == {"sts:ExternalId": "breakwater-local"}
    named = json.dumps(statement["Condition"]["ArnLike"]["aws:PrincipalArn"])
    assert f":iam::{CONTROL}:role/breakwater-local-*" in named


def test_its_name_is_the_one_that_the_control_plane_asks_for() -> None:
    assert role(template())["RoleName"] == contract.target_role_name("local")


def statements(made: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        statement
        for policy in made["Resources"].values()
        if policy["Type"] == "AWS::IAM::Policy"
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def test_it_may_look_and_recover_and_nothing_else() -> None:
    made = template()
    actions = {action for statement in statements(made) for action in as_list(statement["Action"])}
    permitted = {
        *(*contract.TARGET_READS, *RECOVERY_READS, *RECOVERY_CALLS),
        *(*MADE_BY_DRS, *CHANGED_BY_DRS, "iam:PassRole", LAUNCH_LOGS, TAG_LAUNCHED),
    }
    assert actions == permitted
    assert "ManagedPolicyArns" not in role(made)


def test_what_changes_ec2_is_allowed_to_drs_acting_for_it_only() -> None:
    """But for tags on what it launched."""
    made = on_aws()
    tags = [one for one in statements(made) if one["Action"] == TAG_LAUNCHED]
    managed = {"aws:ResourceTag/AWSElasticDisasterRecoveryManaged": "false"}
    assert [statement["Condition"] for statement in tags] == [{"Null": managed}]
    for statement in statements(made):
        for action in as_list(statement["Action"]):
            verb = action.split(":")[1]
            if statement in tags:
                continue
            if action.startswith("ec2:") and not verb.startswith("Describe"):
                assert statement["Condition"]["Bool"] == {"aws:ViaAWSService": "true"}, action
            if action in CHANGED_BY_DRS:
                tagged = {"aws:ResourceTag/AWSElasticDisasterRecoveryManaged": "false"}
                assert statement["Condition"]["Null"] == tagged, action


def test_it_passes_roles_of_drs_to_ec2_only_and_others_where_they_are_named() -> None:
    own = "arn:aws:iam::444455556666:role/shop-servers"
    made = on_aws([own])
    [passing] = [s for s in statements(made) if s["Action"] == "iam:PassRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    assert own in passing["Resource"]
    assert len(passing["Resource"]) == len(INSTANCE_ROLES) + 1
    for resource in passing["Resource"]:
        assert "*" not in json.dumps(resource)


@pytest.mark.parametrize("control", ["", "1234", "abcdefghijkl", "1111222233334"])
def test_an_account_that_is_none_is_refused_with_the_command(control: str) -> None:
    with pytest.raises(ValueError, match="make target-role"):
        template(control=control)


def test_an_environment_without_an_external_id_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"target_external_id.*uuidgen"):
        template(environment="prod")


def test_where_an_organisation_is_named_others_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = Environment(name="mine", target_external_id="x", organization_id="o-abcdefghij")
    monkeypatch.setitem(ENVIRONMENTS, "mine", mine)
    [statement] = role(template(environment="mine"))["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == "o-abcdefghij"
