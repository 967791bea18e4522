"""Servers of another account: reached through its role, with the right external id and no other."""

from collections.abc import Iterator
from typing import Any

import pytest

from breakwater_local.emulator import REGION, Emulator
from breakwater_local.managed_login import Site, sign_in
from breakwater_local.sample_people import PASSWORD, invite_sample_people
from stacks.environments import LOCAL
from tests.integration.accounts.other_account import OTHER, deploy, remove
from tests.integration.deployed import api_outputs, get


@pytest.fixture(scope="module")
def token(aws: Emulator) -> str:
    outputs = api_outputs(aws)
    invite_sample_people(aws, outputs["UserPoolId"])
    callback = outputs.get("PortalUrl", "http://localhost:5173/")
    site = Site(aws, outputs["ClientId"], callback)
    return str(sign_in(site, "viewer@example.com", PASSWORD)["id_token"])


@pytest.fixture
def role(aws: Emulator, request: pytest.FixtureRequest) -> Iterator[None]:
    deploy(aws, request.param)
    yield
    remove(aws)


def servers(aws: Emulator, token: str) -> dict[str, Any]:
    path = f"/source-servers?accountId={OTHER}&region={REGION}"
    status, body = get(aws, path, {"authorization": f"Bearer {token}"})
    assert status == 200, body
    answer: dict[str, Any] = body
    return answer


def test_an_account_without_the_role_is_named_with_the_reason(aws: Emulator, token: str) -> None:
    answer = servers(aws, token)
    assert answer["items"] == []
    assert f"Account {OTHER} does not let Breakwater in" in answer["unreachable"]


@pytest.mark.parametrize("role", ["another-word"], indirect=True)
@pytest.mark.usefixtures("role")
def test_with_another_external_id_nobody_gets_in(aws: Emulator, token: str) -> None:
    assert "ExternalId is not that of this environment" in servers(aws, token)["unreachable"]


@pytest.mark.parametrize("role", [LOCAL.target_external_id], indirect=True)
@pytest.mark.usefixtures("role")
def test_with_the_right_one_its_servers_are_seen(aws: Emulator, token: str) -> None:
    """DRS is not set up there: no servers, which is an answer and no error."""
    answer = servers(aws, token)
    assert answer["unreachable"] is None
    assert (answer["items"], answer["initialized"]) == ([], False)
