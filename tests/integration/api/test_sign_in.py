"""Signing in through the managed login with PKCE, and every way in which it must not work."""

import base64
import contextlib
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from breakwater.contract import Role
from breakwater_local.emulator import Emulator
from breakwater_local.managed_login import SCOPES, LoginForm, Site, request, sign_in
from breakwater_local.sample_people import PASSWORD, PEOPLE, Person
from tests.integration.api.conftest import Api
from tests.integration.api.test_roles import claims_of

VERIFIER = secrets.token_urlsafe(48)
ADDRESS = PEOPLE[0].address


def question(site: Site, **other: str) -> str:
    """Where a browser is sent to sign in."""
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": site.client_id,
        "redirect_uri": site.callback,
        "scope": SCOPES,
        "state": "s",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        **other,
    }
    return f"/oauth2/authorize?{urlencode(asked)}"


def submitted(site: Site, address: str, password: str) -> tuple[int, dict[str, str]]:
    """The login page, filled in: the status, and the parameters of where it leads."""
    status, page, _ = request(site.aws, "GET", question(site))
    assert status == 200, page
    form = LoginForm()
    form.feed(page)
    fields = {**form.fields, "username": address, "password": password}
    status, _, headers = request(site.aws, "POST", form.action, fields)
    came_back = parse_qs(urlsplit(headers.get("location", "")).query)
    return status, {name: values[0] for name, values in came_back.items()}


def exchanged(site: Site, code: str, **other: str) -> tuple[int, dict[str, Any]]:
    """What a code is exchanged for."""
    asked = {
        "grant_type": "authorization_code",
        "client_id": site.client_id,
        "redirect_uri": site.callback,
        "code": code,
        "code_verifier": VERIFIER,
        **other,
    }
    form = {name: value for name, value in asked.items() if value}
    status, text, _ = request(site.aws, "POST", "/oauth2/token", form)
    return status, json.loads(text)


@pytest.fixture
def code(site: Site) -> str:
    """A fresh code of somebody who has just signed in."""
    status, came_back = submitted(site, ADDRESS, PASSWORD)
    assert status == 302
    return came_back["code"]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.role)
def test_the_id_token_carries_who_it_is_and_the_groups(site: Site, person: Person) -> None:
    claims = claims_of(sign_in(site, person.address, PASSWORD)["id_token"])
    assert claims["token_use"] == "id"
    assert claims["aud"] == site.client_id
    assert claims["email"] == person.address
    assert claims["cognito:groups"] == [person.role]


def test_the_api_knows_people_by_their_address(api: Api) -> None:
    me = api.done("GET", "/me", role=Role.OPERATOR)
    assert (me["name"], me["roles"]) == ("operator@example.com", ["operator"])
    assert me["permissions"] == ["read", "runDrill"]


@pytest.mark.parametrize(
    "other",
    [{"code_verifier": "x" * 64}, {"code_verifier": ""}],
    ids=["with another verifier", "without one"],
)
def test_a_stolen_code_is_worth_nothing(site: Site, code: str, other: dict[str, str]) -> None:
    status, told = exchanged(site, code, **other)
    assert (status, told["error"]) == (400, "invalid_grant")


def test_a_code_is_good_once(site: Site, code: str) -> None:
    assert exchanged(site, code)[0] == 200
    status, told = exchanged(site, code)
    assert (status, told["error"]) == (400, "invalid_grant")


def test_a_code_is_good_for_the_page_that_asked_only(site: Site, code: str) -> None:
    status, told = exchanged(site, code, redirect_uri="https://example.com/")
    assert (status, told["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("where", ["https://example.com/", "http://localhost:5173/other"])
def test_nobody_is_sent_to_an_address_that_we_do_not_know(site: Site, where: str) -> None:
    status, _, headers = request(site.aws, "GET", question(site, redirect_uri=where))
    assert status == 400
    assert "location" not in headers


def test_there_is_no_sign_in_for_a_client_that_we_do_not_know(site: Site) -> None:
    assert request(site.aws, "GET", question(site, client_id="another"))[0] == 400


def test_tokens_are_not_handed_out_in_an_address(site: Site) -> None:
    """The implicit flow is off: what it would answer stays in a browser's history."""
    status, page, headers = request(site.aws, "GET", question(site, response_type="token"))
    assert "access_token" not in page + headers.get("location", "")
    assert status in (302, 400)


@pytest.mark.parametrize(
    ("address", "password"), [(ADDRESS, "Not-the-password-1"), ("nobody@example.com", PASSWORD)]
)
def test_a_wrong_password_gives_no_code(site: Site, address: str, password: str) -> None:
    _, came_back = submitted(site, address, password)
    assert "code" not in came_back


def test_only_commanders_invite(aws: Emulator, user_pool: str) -> None:
    """Cognito then refuses SignUp. The embedded AWS is told so, and takes it all the same."""
    pool = aws.client("cognito-idp").describe_user_pool(UserPoolId=user_pool)["UserPool"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_whoever_signs_up_by_themselves_gets_nowhere(aws: Emulator, site: Site) -> None:
    cognito = aws.client("cognito-idp")
    address = f"{secrets.token_hex(8)}@example.com"
    with contextlib.suppress(cognito.exceptions.NotAuthorizedException):
        cognito.sign_up(ClientId=site.client_id, Username=address, Password=PASSWORD)
    _, came_back = submitted(site, address, PASSWORD)
    assert "code" not in came_back


def test_the_page_that_signs_in_takes_no_password_past_the_login_page(
    aws: Emulator, site: Site, user_pool: str
) -> None:
    """Its client may not send one to Cognito by itself, nor does it have a secret to lose."""
    cognito = aws.client("cognito-idp")
    client = cognito.describe_user_pool_client(UserPoolId=user_pool, ClientId=site.client_id)
    assert "ClientSecret" not in client["UserPoolClient"]
    with pytest.raises(cognito.exceptions.InvalidParameterException):
        cognito.initiate_auth(
            ClientId=site.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": ADDRESS, "PASSWORD": PASSWORD},
        )
