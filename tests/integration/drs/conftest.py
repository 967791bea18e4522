"""An embedded AWS without stacks, IAM enforced, and a simulator that uses it."""

import io
import json
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from breakwater_local import emulator
from breakwater_local.drs.embedded_aws import EmbeddedAws
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.permissions import EmbeddedIam
from breakwater_local.drs.server import Server
from breakwater_local.emulator import Emulator
from breakwater_local.lock import exclusive
from breakwater_local.place import Place
from tests.contract.drs.conftest import serve
from tests.integration.conftest import free_port
from tests.simulated import ACCOUNT, REGION, Simulated

__all__ = ["serve"]


@pytest.fixture(scope="session")
def bare_aws() -> Iterator[Emulator]:
    """The embedded AWS, with nothing deployed to it."""
    directory = Path(tempfile.mkdtemp(prefix="breakwater-drs-"))
    place = Place(directory)
    try:
        with exclusive(place.lock) as lock:
            running = emulator.start(place, lock, free_port())
        yield running
    finally:
        emulator.stop(place)
        shutil.rmtree(directory, ignore_errors=True)


class Movable(EmbeddedAws):
    """One that a test may take away."""

    def moves_to(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._clients.clear()


class InAws(Simulated):
    """A simulator on an embedded AWS, its clock in the test's hands."""

    endpoint: str

    def __init__(self, aws: Emulator, script: Script | None = None) -> None:
        self.wall = 0.0
        self.cloud = Movable(aws.endpoint, lambda: self.wall)
        self.aws = aws
        self.iam_seconds = 0.0
        super().__init__(
            script,
            cloud=self.cloud,
            gate=EmbeddedIam(self.cloud, [REGION], lambda: self.iam_seconds),
        )
        self.simulation.courier._wall = lambda: self.wall

    def client(
        self,
        *,
        access_key: str = ACCOUNT,
        token: str | None = None,
        application: str | None = None,
        region: str = REGION,
    ) -> Any:
        """A client of DRS; with an application, one that runs in that function."""
        settings: Any = {
            "retries": {"total_max_attempts": 1},
            "user_agent_appid": application,
        }
        return boto3.client(
            "drs",
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key="secret",
            aws_session_token=token,
            config=Config(**settings),
        )

    def session_of(self, account: str) -> dict[str, str]:
        """The credentials of an assumed role of this account."""
        cloud = EmbeddedAws(self.aws.endpoint)
        trust = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]
        role = cloud.client("iam", account, REGION).create_role(
            RoleName="visitor",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
        )["Role"]["Arn"]
        sts = cloud.client("sts", account, REGION)
        assumed = sts.assume_role(RoleArn=role, RoleSessionName="visit")
        return dict(assumed["Credentials"])

    def ec2(self, account: str = ACCOUNT, region: str = REGION) -> Any:
        """EC2 of an account, in the embedded AWS."""
        return EmbeddedAws(self.aws.endpoint).client("ec2", account, region)

    def instances(self, **where: str) -> dict[str, dict[str, Any]]:
        """The EC2 instances that DRS launched, by their Name."""
        tagged = [{"Name": "tag-key", "Values": ["AWSElasticDisasterRecoveryManaged"]}]
        pages = self.ec2(**where).describe_instances(Filters=tagged)["Reservations"]
        found = [instance for page in pages for instance in page["Instances"]]
        return {_tags(instance)["Name"]: instance for instance in found}


def _tags(instance: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in instance["Tags"]}


@pytest.fixture
def simulated(bare_aws: Emulator) -> Iterator[InAws]:
    """A fresh simulator on an AWS in which nothing is left of the test before."""
    reset = urllib.request.Request(f"{bare_aws.endpoint}/_ministack/reset", method="POST")
    with urllib.request.urlopen(reset, timeout=30) as answer:
        assert answer.status == 200
    running = InAws(bare_aws)
    with Server(running.simulation, running.service, ticking=False) as server:
        running.endpoint = server.endpoint
        yield running


class Functions:
    """Makes functions with roles, by API, as a deployment would."""

    def __init__(self, aws: Emulator) -> None:
        self._iam = aws.client("iam")
        self._lambda = aws.client("lambda")

    def make(self, name: str, *actions: str, calls_itself: str | None = None) -> str:
        """A function whose role allows these actions; returns the role's ARN.

        :param calls_itself: the AWS_SDK_UA_APP_ID in its environment.
        """
        variables = {"AWS_SDK_UA_APP_ID": calls_itself} if calls_itself else {}
        principal = {"Service": "lambda.amazonaws.com"}
        trust = [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]
        role = self._iam.create_role(
            RoleName=f"{name}-role",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
        )["Role"]["Arn"]
        if actions:
            self.allow(name, *actions)
        self._lambda.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=role,
            Code={"ZipFile": _empty_function()},
            Environment={"Variables": variables},
        )
        return str(role)

    def allow(self, name: str, *actions: str) -> None:
        """Give the function's role these actions."""
        self.state(name, {"Effect": "Allow", "Action": list(actions), "Resource": "*"})

    def state(self, name: str, *statements: dict[str, Any]) -> None:
        """Give the function's role exactly these statements."""
        self._iam.put_role_policy(
            RoleName=f"{name}-role",
            PolicyName="drs",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}),
        )


def _empty_function() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return None\n")
    return content.getvalue()


@pytest.fixture
def functions(simulated: InAws) -> Functions:
    """Makes functions in the embedded AWS."""
    return Functions(simulated.aws)
