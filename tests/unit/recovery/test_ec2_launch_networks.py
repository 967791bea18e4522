"""Where servers would be launched, against an emulated EC2."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater.recovery.ec2_launch_networks import Ec2LaunchNetworks
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable
from tests.unit.recovery.fake_drs import refusal
from tests.unit.recovery.made import HERE, server, server_id


class Drs:
    """Tells the template of each server, and counts."""

    def __init__(self, templates: dict[str, str]) -> None:
        self.templates = templates
        self.asked = 0

    def get_launch_configuration(self, sourceServerID: str) -> dict[str, Any]:  # noqa: N803
        self.asked += 1
        found = self.templates.get(sourceServerID)
        return {"ec2LaunchTemplateID": found} if found else {}


class Account:
    """An account: EC2 emulated, DRS as a test says."""

    def __init__(self, ec2: Any) -> None:
        self.ec2 = ec2
        self.drs = Drs({})

    def client(self, service: str, target: Target) -> Any:
        return {"ec2": self.ec2, "drs": self.drs}[service]

    def template(self, name: str, **data: Any) -> str:
        made = self.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
        return str(made["LaunchTemplate"]["LaunchTemplateId"])

    def network(self) -> tuple[str, str, str]:
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")
        group = self.ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)
        return vpc, made["Subnet"]["SubnetId"], group["GroupId"]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        made: Any = boto3.client
        yield Account(made("ec2", region_name="eu-west-1"))


def survey(account: Account, *servers: SourceServer, **options: Any) -> Any:
    return Ec2LaunchNetworks(account, **options).survey(HERE, servers)


def test_a_network_that_is_there_is_found_by_the_name_of_its_template(account: Account) -> None:
    vpc, subnet, group = account.network()
    interface = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group]}
    template = account.template(f"made-for-{server_id(1)}-x", NetworkInterfaces=[interface])
    network = survey(account, server(1)).networks[server_id(1)]
    assert (network.template_id, network.subnet_id, network.vpc_id) == (template, subnet, vpc)
    assert network.subnet_exists
    assert network.missing_security_groups == ()
    assert account.drs.asked == 0


def test_what_does_not_exist_is_named(account: Account) -> None:
    interface = {"DeviceIndex": 0, "SubnetId": "subnet-0gone", "Groups": ["sg-0gone"]}
    account.template(f"{server_id(1)}", NetworkInterfaces=[interface])
    network = survey(account, server(1)).networks[server_id(1)]
    assert network.subnet_exists is False
    assert network.missing_security_groups == ("sg-0gone",)


def test_a_template_that_names_no_subnet_is_told(account: Account) -> None:
    account.template(server_id(1), InstanceType="t3.small")
    network = survey(account, server(1)).networks[server_id(1)]
    assert (network.subnet_id, network.subnet_exists) == (None, True)


def test_a_template_that_names_its_server_in_a_tag_needs_no_question(account: Account) -> None:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "of", "Value": server_id(1)}]}]
    account.template("anything", TagSpecifications=tags)
    assert server_id(1) in survey(account, server(1)).networks
    assert account.drs.asked == 0


def test_drs_is_asked_for_the_others_so_often_and_no_more_and_once(account: Account) -> None:
    template = account.template("anything", InstanceType="t3.small")
    servers = [server(number) for number in range(5)]
    account.drs.templates = {one.server_id: template for one in servers}
    networks = Ec2LaunchNetworks(account, configurations_asked=3)
    first = networks.survey(HERE, servers)
    assert (len(first.networks), first.not_looked_at, account.drs.asked) == (3, 2, 3)
    second = networks.survey(HERE, servers)
    assert (len(second.networks), second.not_looked_at, account.drs.asked) == (5, 0, 5)


def test_a_template_that_is_gone_is_told(account: Account) -> None:
    account.drs.templates = {server_id(1): "lt-0123456789abcdef0"}
    network = survey(account, server(1)).networks[server_id(1)]
    assert network.template_exists is False


def test_the_vpc_of_a_source_that_runs_here_is_known(account: Account) -> None:
    vpc, subnet, _ = account.network()
    started = account.ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet
    )
    here = {
        "origin_region": HERE.region,
        "origin_instance_id": started["Instances"][0]["InstanceId"],
    }
    account.template(server_id(1), NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet}])
    account.template(server_id(2), NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet}])
    found = survey(
        account,
        server(1, origin_account_id=HERE.account_id, **here),
        server(2, origin_account_id="444455556666", **here),
    ).networks
    assert found[server_id(1)].source_vpc_id == vpc
    assert found[server_id(2)].source_vpc_id is None


def test_nothing_is_asked_for_no_servers(account: Account) -> None:
    account.ec2 = None
    assert survey(account).networks == {}


def test_what_ec2_refuses_is_a_reason(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: Any) -> Any:
        raise refusal("UnauthorizedOperation", message="not allowed")

    monkeypatch.setattr(account.ec2, "describe_launch_template_versions", refused)
    with pytest.raises(Unreachable, match="UnauthorizedOperation: not allowed"):
        survey(account, server(1))
