"""The four environments: typed, safe by default, and clear about mistakes."""

import subprocess
import sys

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs

from app import build
from stacks.environments import (
    ENVIRONMENTS,
    Environment,
    UnknownEnvironment,
    environment_named,
)
from tests.conftest import CHECKOUT


def test_there_are_four() -> None:
    assert list(ENVIRONMENTS) == ["local", "dev", "test", "prod"]


def test_an_environment_that_says_nothing_is_safe() -> None:
    silent = Environment(name="anything")
    assert silent.retain_data
    assert silent.deletion_protection
    assert silent.alarms
    assert silent.log_retention is logs.RetentionDays.ONE_YEAR
    assert silent.time_scale == 1
    assert not silent.embedded


@pytest.mark.parametrize("name", ["prod", "test"])
def test_where_data_matters_nothing_departs_from_safety(name: str) -> None:
    environment = environment_named(name)
    assert environment.retain_data
    assert environment.deletion_protection
    assert environment.alarms


@pytest.mark.parametrize("name", ["production", "Prod", "prod ", "../prod"])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownEnvironment) as error:
        environment_named(name)
    assert repr(name) in str(error.value)
    assert "local, dev, test, prod" in str(error.value)


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_at_all_is_an_error_that_says_how_to_give_one(name: str | None) -> None:
    with pytest.raises(UnknownEnvironment, match="-c environment="):
        environment_named(name)


@pytest.mark.parametrize("setting", ["alarm_email", "notification_email", "admin_email"])
@pytest.mark.parametrize("address", ["", "nobody", "a@b", "a b@example.com", "@example.com"])
def test_an_address_that_is_none_is_refused_with_its_place(setting: str, address: str) -> None:
    with pytest.raises(ValueError, match=f"{setting} of environment 'here'") as error:
        Environment(name="here", **{setting: address})  # type: ignore[arg-type]
    assert repr(address) in str(error.value)
    assert "stacks/environments.py" in str(error.value)


@pytest.mark.parametrize("account", ["", "1111222233", "11112222333x", "1111-2222-3333"])
def test_an_account_that_is_none_is_refused(account: str) -> None:
    with pytest.raises(ValueError, match="account of environment 'here'"):
        Environment(name="here", account=account)


CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d"


@pytest.mark.parametrize(
    ("name", "certificate", "told"),
    [
        ("recovery.example.com", None, "give both or none"),
        (None, CERTIFICATE, "give both or none"),
        ("https://recovery.example.com", CERTIFICATE, "domain_name of environment 'here'"),
        ("Recovery.example.com", CERTIFICATE, "in lower case"),
        ("recovery", CERTIFICATE, "domain_name of environment 'here'"),
        ("recovery..example.com", CERTIFICATE, "domain_name of environment 'here'"),
        ("recovery.example.com", CERTIFICATE.replace("us-east-1", "eu-west-1"), "in us-east-1"),
        ("recovery.example.com", "certificate/0a1b2c3d", "certificate_arn of environment"),
    ],
)
def test_a_name_of_ones_own_needs_its_certificate_where_cloudfront_takes_it(
    name: str | None, certificate: str | None, told: str
) -> None:
    with pytest.raises(ValueError, match=told) as error:
        Environment(name="here", domain_name=name, certificate_arn=certificate)
    assert "stacks/environments.py" in str(error.value)


def test_the_embedded_aws_has_no_certificates() -> None:
    with pytest.raises(ValueError, match="has no certificates"):
        Environment(
            name="here",
            domain_name="recovery.example.com",
            certificate_arn=CERTIFICATE,
            embedded=True,
        )


@pytest.mark.thorough
def test_a_name_of_ones_own_is_the_distributions_with_tls_1_2_and_sign_in_leads_there() -> None:
    app = cdk.App()
    name = "recovery.example.com"
    build(app, Environment(name="here", domain_name=name, certificate_arn=CERTIFICATE))
    resources = app.synth().get_stack_by_name("breakwater-here-api").template["Resources"]
    by_type = {resource["Type"]: resource["Properties"] for resource in resources.values()}
    config = by_type["AWS::CloudFront::Distribution"]["DistributionConfig"]
    assert config["Aliases"] == [name]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    client = by_type["AWS::Cognito::UserPoolClient"]
    assert client["CallbackURLs"] == client["LogoutURLs"] == [f"https://{name}/"]


def test_an_environment_with_a_place_of_its_own_is_deployed_nowhere_else() -> None:
    """CDK compares the account and Region that the assembly names with the caller's."""
    app = cdk.App()
    build(app, Environment(name="here", account="111122223333", region="eu-central-1"))
    for stack in app.synth().stacks:
        assert stack.environment.name == "aws://111122223333/eu-central-1"


@pytest.mark.parametrize(("scale", "embedded"), [(0, True), (-1, True), (2, False)])
def test_time_runs_faster_only_on_the_embedded_aws(scale: int, embedded: bool) -> None:
    with pytest.raises(ValueError, match="only on the embedded AWS"):
        Environment(name="here", time_scale=scale, embedded=embedded)


@pytest.mark.thorough
def test_app_py_ends_with_the_sentence_and_no_traceback() -> None:
    ended = subprocess.run(
        [sys.executable, "app.py"],
        cwd=CHECKOUT,
        env={"PATH": "/usr/bin:/bin", "CDK_CONTEXT_JSON": '{"environment": "porduction"}'},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "There is no environment 'porduction'. Known: local, dev, test, prod" in ended.stderr
    assert "Traceback" not in ended.stderr
