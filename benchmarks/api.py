"""What the API costs: importing its functions, a request, and how often validation asks DRS."""

import http.client
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from benchmarks.embedded_aws import _UP
from benchmarks.empty_function import empty_function
from benchmarks.measure import CHECKOUT, Row, command, in_turns, processor, shown
from breakwater import contract
from breakwater.contract import Role
from breakwater.recovery.drs_directory import DrsDirectory
from breakwater.recovery.launch_network import LaunchSurvey
from breakwater.recovery.plan_validator import PlanValidator
from breakwater.recovery.recovery_plan import PlanContent
from breakwater.recovery.source_server import SourceServer
from breakwater.recovery.target import Target
from breakwater_local import emulator
from breakwater_local.deployment import ENVIRONMENT, stack_outputs
from breakwater_local.drs import process as drs
from breakwater_local.drs.clock import Clock
from breakwater_local.drs.files.script import Script
from breakwater_local.drs.files.servers import ServersFile
from breakwater_local.drs.gate import OpenGate
from breakwater_local.drs.nowhere import Nowhere
from breakwater_local.drs.server import Server
from breakwater_local.drs.service import Service
from breakwater_local.drs.simulation import Simulation
from breakwater_local.emulator import ACCOUNT, Emulator
from breakwater_local.place import Place
from breakwater_local.sample_people import PASSWORD, PEOPLE
from tests.function_settings import SETTINGS
from tests.unit.recovery.made import group, tagged

IMPORT_RUNS = 15
IMPORT_BUDGET = 1.3
REQUESTS = 60
ME_BUDGET = 3.0
WAVES = 50
REGIONS = ("eu-west-1", "eu-west-2", "eu-central-1", "eu-north-1", "us-east-1")
SERVERS = 1000
DRS_PAGE = 200
CALLS_BUDGET = 6.0
"""Per page of servers: the page itself, a page of jobs, and three questions after native plans."""

_BARE = """
import boto3
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
APIGatewayHttpResolver(enable_validation=True)
boto3.client("dynamodb")
"""


def rows() -> Iterator[Row]:
    """Imports, a warm request, and the calls of a validation."""
    for handler in contract.API_PATHS:
        yield _import(handler)
    yield _validation()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        try:
            command([sys.executable, "-c", _UP, str(place.state)], dict(os.environ))()
            running = emulator.find(place)
            assert running is not None
            yield _me(running)
        finally:
            drs.stop(place)
            emulator.stop(place)


def _import(handler: str) -> Row:
    environment = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT / "runtime"),
        **SETTINGS,
    }
    pair = in_turns(
        command([sys.executable, "-c", f"import breakwater.handlers.{handler}"], environment),
        command([sys.executable, "-c", _BARE], environment),
        IMPORT_RUNS,
        processor,
    )
    return Row(
        what=f"Import the handler `{handler}`, as a cold start does (processor time)",
        measured=shown(pair.seconds),
        against="boto3, one client and the Powertools resolver with validation",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{IMPORT_BUDGET} x",
        kept=pair.ratio <= IMPORT_BUDGET,
    )


def _me(aws: Emulator) -> Row:
    """Warm, through API Gateway with its JWT authorizer, and Lambda."""
    outputs = stack_outputs(aws, contract.stack_name(ENVIRONMENT, "api"))
    token = _token(aws, outputs[contract.USER_POOL_OUTPUT])
    url = outputs[contract.API_URL_OUTPUT] + "/me"
    pair = in_turns(_asking(url, token), _asking(_empty(aws, url), token), REQUESTS)
    return Row(
        what="GET /me, warm",
        measured=shown(pair.seconds),
        against="an empty function behind the same kind of API, with a JWT authorizer",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{ME_BUDGET:.0f} x",
        kept=pair.ratio <= ME_BUDGET,
    )


def _asking(url: str, token: str) -> Callable[[], object]:
    parts = urlsplit(url)

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
        headers = {"Host": parts.netloc, "Authorization": f"Bearer {token}"}
        connection.request("GET", parts.path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status

    return ask


def _token(aws: Emulator, user_pool: str) -> str:
    """The ID token of a sample person; the sign-in itself is not measured."""
    cognito = aws.client("cognito-idp")
    [client] = cognito.list_user_pool_clients(UserPoolId=user_pool)["UserPoolClients"]
    named = {"UserPoolId": user_pool, "ClientId": client["ClientId"]}
    cognito.update_user_pool_client(
        **named, ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )
    [person] = [one for one in PEOPLE if one.role is Role.VIEWER]
    signed_in = cognito.admin_initiate_auth(
        **named,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.address, "PASSWORD": PASSWORD},
    )
    return str(signed_in["AuthenticationResult"]["IdToken"])


def _empty(aws: Emulator, ours: str) -> str:
    """The empty function behind an API that takes the same tokens as ours does."""
    url = empty_function(aws)
    gateway = aws.client("apigatewayv2")
    by_id = {api["ApiId"]: api for api in gateway.get_apis()["Items"]}
    [theirs] = [one for one in by_id if one in url]
    [own] = [one for one in by_id if one in ours]
    [known] = gateway.get_authorizers(ApiId=own)["Items"]
    made = gateway.create_authorizer(
        ApiId=theirs,
        AuthorizerType="JWT",
        Name="signed-in",
        IdentitySource=known["IdentitySource"],
        JwtConfiguration=known["JwtConfiguration"],
    )
    [route] = gateway.get_routes(ApiId=theirs)["Items"]
    gateway.update_route(
        ApiId=theirs,
        RouteId=route["RouteId"],
        AuthorizationType="JWT",
        AuthorizerId=made["AuthorizerId"],
    )
    return url


# ---- validation


class _Clients:
    """Clients of a simulator that count what they are asked."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self.asked: list[str] = []

    def client(self, service: str, target: Target) -> Any:
        made: Any = boto3.client(
            service,  # type: ignore[call-overload]  # the name is not a literal
            endpoint_url=self._endpoint,
            region_name=target.region,
            aws_access_key_id=target.account_id,
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}),
        )
        made.meta.events.register("before-call", self._count)
        return made

    def _count(self, model: Any, **_: Any) -> None:
        self.asked.append(model.name)


class _NoNetworks:
    """EC2's part, which asks DRS nothing here."""

    def survey(self, target: Target, servers: Sequence[SourceServer]) -> LaunchSurvey:  # noqa: ARG002
        return LaunchSurvey(networks={})


class _NoLeases:
    """Nobody holds anything."""

    def holders(self, keys: Collection[str]) -> Mapping[str, str]:  # noqa: ARG002
        return {}


def _validation() -> Row:
    """A plan of 50 waves, a group by tag in each, over 1,000 servers in five Regions."""
    in_each = SERVERS // len(REGIONS)
    waves_in_each = WAVES // len(REGIONS)
    worlds = [
        {
            "account": ACCOUNT,
            "region": region,
            "servers": [
                {"name": f"server-{n}", "tags": {"wave": str(n % waves_in_each)}}
                for n in range(in_each)
            ],
        }
        for region in REGIONS
    ]
    groups = {
        f"{region}-{n}": group(
            f"{region}-{n}", tagged(wave=str(n)), region=region, account_id=ACCOUNT
        )
        for region in REGIONS
        for n in range(waves_in_each)
    }
    waves = [{"name": name, "groupIds": [name]} for name in groups]
    plan = PlanContent.content_of({"name": "large", "waves": waves})
    with ExitStack() as stack:
        simulation = Simulation(
            ServersFile.model_validate({"worlds": worlds}), Script(), Nowhere(), lambda: Clock(1.0)
        )
        server = stack.enter_context(
            Server(simulation, Service(simulation, OpenGate()), ticking=False)
        )
        clients = _Clients(server.endpoint)
        validator = PlanValidator(
            DrsDirectory(clients), _NoNetworks(), _NoLeases(), control_region="eu-west-3"
        )
        report = validator.validate(plan, groups, datetime.now(UTC))
    assert not report.problems, report.problems[:3]
    assert not report.warnings, report.warnings[:3]
    assert (len(report.servers), sum(report.servers.values())) == (WAVES, SERVERS)
    pages = len(REGIONS) * -(-in_each // DRS_PAGE)
    ratio = len(clients.asked) / pages
    return Row(
        what=f"Validate a plan of {WAVES} waves and {SERVERS:,} servers in {len(REGIONS)} Regions",
        measured=f"{len(clients.asked)} DRS calls",
        against=f"pages of {DRS_PAGE} servers",
        reference=f"{pages} pages",
        ratio=ratio,
        budget=f"{CALLS_BUDGET:.0f} x",
        kept=ratio <= CALLS_BUDGET,
    )
