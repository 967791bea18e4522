"""The role in another account: who may take it, and what it may do."""

import json
from typing import Any

import aws_cdk as cdk
import pytest

from breakwater import contract
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


def test_it_may_look_and_change_nothing() -> None:
    made = template()
    actions = {
        action
        for policy in made["Resources"].values()
        if policy["Type"] == "AWS::IAM::Policy"
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
    }
    assert actions == set(contract.TARGET_READS)
    verbs = {action.split(":")[1][:4] for action in actions}
    assert verbs <= {"Desc", "GetL", "List"}
    assert "ManagedPolicyArns" not in role(made)


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
