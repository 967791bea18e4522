"""`make verify`: well when it is well, and a sentence for what is not."""

import json

import pytest

from breakwater.verify.__main__ import main
from breakwater_local.emulator import Emulator
from tests.integration.deployed import physical_id, resources
from tests.integration.waiting import until


@pytest.mark.usefixtures("surroundings")
def test_a_fresh_deployment_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    def well() -> bool:
        """It asks for /health, which waits two seconds for each table."""
        capsys.readouterr()
        return main(["--environment", "local"]) == 0

    until(well, lambda: capsys.readouterr().out, every=10)
    said = capsys.readouterr().out
    assert said.endswith(", 0 to look at, 0 not well.\n")
    assert said.count("✓ table") == 10
    assert "/health: 10 of 10 parts ready" in said
    assert "✓ DRS simulator: 11 source servers, 0 faults scripted" in said


def test_a_table_that_somebody_weakened_is_found(
    surroundings: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    table = physical_id(surroundings, "data", "RequestsC42AC379")
    dynamodb = surroundings.client("dynamodb")

    def recovery(enabled: bool) -> None:
        dynamodb.update_continuous_backups(
            TableName=table,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
        )

    recovery(enabled=False)
    try:
        assert main(["--environment", "local"]) == 1
    finally:
        recovery(enabled=True)
    said = capsys.readouterr().out
    assert "✗ table RequestsC42AC379: has no point-in-time recovery" in said
    assert "→ Somebody changed it outside the stack. Put it back: make deploy" in said


def test_an_alarm_that_is_raised_and_an_address_that_waits_are_found(
    surroundings: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    alarm = physical_id(surroundings, "recovery", alarm_of(surroundings))
    cloudwatch = surroundings.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="too busy")
    try:
        assert main(["--environment", "local", "--json"]) == 1
    finally:
        cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="quiet again")
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [raised] = [f for f in findings if f["verdict"] == "problem"]
    assert raised["seen"] == "is raised: too busy"


def alarm_of(aws: Emulator) -> str:
    return sorted(resources(aws, "recovery", "AWS::CloudWatch::Alarm"))[0]


@pytest.mark.usefixtures("surroundings")
def test_an_environment_that_is_not_deployed_says_how_to_deploy_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--environment", "dev"]) == 1
    said = capsys.readouterr().out
    assert said.count("does not exist") == 4
    assert said.count("make deploy ENV=dev") == 4


def test_without_an_account_it_says_how_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")  # boto3 itself reads AWS_DEFAULT_REGION only
    assert main(["--environment", "dev"]) == 2
    said = capsys.readouterr().err
    assert "Unable to locate credentials" in said
    assert "aws sso login" in said


def test_without_a_region_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--environment", "dev"]) == 2
    assert "AWS_REGION" in capsys.readouterr().err
