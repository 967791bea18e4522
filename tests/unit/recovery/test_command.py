"""`python -m breakwater.recovery`, against an emulated AWS with a deployment in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import NoRegionError
from botocore.stub import Stubber

from breakwater.recovery import __main__ as command
from breakwater.recovery.deployed_tables import NotDeployed, tables_of
from tests.unit.recovery.conftest import TABLES
from tests.unit.recovery.fake_drs import refusal
from tests.unit.recovery.made import AT

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

DEPLOYED = {
    "ProtectionGroups59EF82C8": "groups",
    "RecoveryPlans62927E19": "plans",
    "AuditTrailFF0F2BB5": "audit",
    "RequestsC42AC379": "leases",
}
SHOP = """\
groups:
  - name: Databases
    accountId: "111122223333"
    region: eu-west-1
    servers:
      tags: {tier: database}
  - name: Web
    accountId: "111122223333"
    region: eu-west-1
    servers:
      ids: [s-0123456789abcdef0]
plans:
  - name: Shop
    waves:
      - name: database
        groups: [Databases]
      - name: web
        groups: [Web]
        dependsOn: [database]
"""


class CloudFormation:
    """One deployment: the environment dev."""

    def get_paginator(self, name: str) -> Any:
        assert name == "list_stack_resources"
        return self

    def paginate(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        if StackName != "breakwater-dev-data":
            raise refusal("ValidationError", message=f"Stack {StackName} does not exist")
        for logical, physical in DEPLOYED.items():
            yield {
                "StackResourceSummaries": [
                    {
                        "ResourceType": "AWS::DynamoDB::Table",
                        "LogicalResourceId": logical,
                        "PhysicalResourceId": physical,
                    },
                    {"ResourceType": "AWS::CDK::Metadata", "LogicalResourceId": "CDKMetadata"},
                ]
            }


class Session(boto3.Session):
    """A session whose CloudFormation knows the deployment."""

    def client(self, service_name: Any, *rest: Any, **more: Any) -> Any:
        if service_name == "cloudformation":
            if self.region_name is None:
                raise NoRegionError
            return CloudFormation()
        make: Any = super().client
        return make(service_name, *rest, **more)


def main(arguments: list[str], ask: Any = input) -> int:
    return command.main(arguments, ask=ask, make_session=Session)


@pytest.fixture
def deployed(dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> "DynamoDBClient":
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    return dynamodb


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "plans.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


def written(dynamodb: "DynamoDBClient") -> list[Any]:
    names = dynamodb.list_tables()["TableNames"]
    found: list[Any] = []
    for name in sorted(names):
        found += dynamodb.scan(TableName=name)["Items"]
    return found


def test_a_file_is_applied_and_applying_it_again_does_nothing(
    deployed: "DynamoDBClient", shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply", str(shop), "--yes"]) == 0
    told = capsys.readouterr().out
    assert "create group Databases\n  + name: Databases" in told
    assert '  + waves[web].dependsOn: ["database"]' in told
    assert "  - " not in told
    assert "✓ created group Web\n✓ created plan Shop\n" in told
    before = written(deployed)
    assert main(["apply", str(shop), "--yes"]) == 0
    assert capsys.readouterr().out == "Nothing to do: everything is as the file says.\n"
    assert written(deployed) == before


def test_what_is_exported_and_applied_changes_nothing(
    deployed: "DynamoDBClient", shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["apply", str(shop), "--yes"])
    capsys.readouterr()
    assert main(["export"]) == 0
    exported = capsys.readouterr().out
    assert "  - name: database\n    groups:\n    - Databases\n" in exported
    shop.write_text(exported, encoding="utf-8")
    assert main(["apply", str(shop), "--yes"]) == 0
    assert "Nothing to do" in capsys.readouterr().out


def test_a_change_is_shown_asked_for_and_made(
    deployed: "DynamoDBClient", shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["apply", str(shop), "--yes"])
    capsys.readouterr()
    changed = SHOP.replace("tier: database", "tier: sql").replace(
        "    waves:", "    rtoMinutes: 90\n    waves:"
    )
    shop.write_text(changed, encoding="utf-8")
    asked: list[str] = []

    def yes(question: str) -> str:
        asked.append(question)
        return "y"

    assert main(["apply", str(shop)], ask=yes) == 0
    told = capsys.readouterr().out
    assert "change group Databases\n  ~ servers.tags.tier: database → sql\n" in told
    assert "change plan Shop\n  + rtoMinutes: 90\n" in told
    assert asked == ["Apply 1 group and 1 plan to dev? [y/N] "]
    assert "rtoMinutes: 90" in exported(capsys)


def exported(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["export"]) == 0
    return capsys.readouterr().out


def test_no_and_nobody_there_change_nothing(
    deployed: "DynamoDBClient", shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(question: str) -> str:
        raise EOFError

    assert main(["apply", str(shop)], ask=lambda question: "") == 1
    assert main(["apply", str(shop)], ask=nobody) == 1
    assert "say --yes" in capsys.readouterr().err
    assert main(["apply", str(shop), "--dry-run"]) == 0
    assert written(deployed) == []


def test_whoever_applies_is_in_the_audit_trail(deployed: "DynamoDBClient", shop: Path) -> None:
    main(["apply", str(shop), "--yes"])
    records = [item for item in written(deployed) if "actor" in item]
    assert {record["action"]["S"] for record in records} == {"groupCreated", "planCreated"}
    assert all(record["actor"]["S"].startswith("arn:aws:") for record in records)


def test_mistakes_are_told_with_file_and_line_and_nothing_is_changed(
    deployed: "DynamoDBClient", shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.write_text(
        SHOP.replace("groups: [Web]", "groups: [Wep]").replace(
            "        groups: [Databases]", "        groups: []"
        ),
        encoding="utf-8",
    )
    assert main(["apply", str(shop), "--yes"]) == 1
    told = capsys.readouterr().err
    assert f"{shop}:16: plans[0].waves[0].groups: The wave 'database' has no" in told
    assert f"{shop}:18: plans[0].waves[1].groups[0]: There is no protection group 'Wep'." in told
    assert written(deployed) == []


def test_a_group_that_exists_need_not_be_in_the_file(
    deployed: "DynamoDBClient", shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["apply", str(shop), "--yes"])
    shop.write_text(
        "plans:\n- name: Other\n  waves:\n  - {name: a, groups: [DATABASES]}\n", encoding="utf-8"
    )
    assert main(["apply", str(shop), "--yes"]) == 0
    assert "✓ created plan Other" in capsys.readouterr().out


def test_a_file_without_form_needs_no_sign_in_to_be_refused(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.write_text("grupos: []\n", encoding="utf-8")
    assert main(["apply", str(shop)]) == 1
    assert f"{shop}:1: grupos:" in capsys.readouterr().err


def test_what_cannot_be_looked_at_says_what_to_do(
    deployed: "DynamoDBClient",
    shop: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["export", "--environment", "test"]) == 2
    assert "make deploy ENV=test" in capsys.readouterr().err
    assert main(["apply", str(shop) + ".gone"]) == 2
    assert "could not be read" in capsys.readouterr().err
    monkeypatch.delenv("AWS_REGION")
    assert main(["export"]) == 2
    assert "Set AWS_REGION" in capsys.readouterr().err


def listed(*logical: str) -> dict[str, Any]:
    return {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": one,
                "PhysicalResourceId": DEPLOYED[one],
                "ResourceType": "AWS::DynamoDB::Table",
                "LastUpdatedTimestamp": AT,
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for one in logical
        ]
    }


def test_tables_are_found_over_all_pages_and_a_stack_without_them_is_not_deployed() -> None:
    client = boto3.client(
        "cloudformation",
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    groups, *others = DEPLOYED
    with Stubber(client) as stub:
        stub.add_response("list_stack_resources", {**listed(groups), "NextToken": "more"})
        stub.add_response("list_stack_resources", listed(*others))
        assert tables_of(client, "dev") == TABLES
        stub.add_response("list_stack_resources", listed(groups))
        with pytest.raises(NotDeployed, match="make deploy ENV=dev"):
            tables_of(client, "dev")
