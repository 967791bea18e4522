"""Who may do what: every route with every role, and everybody who is none of us."""

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from breakwater.contract import Role
from breakwater.platform.http.permissions import is_allowed
from breakwater.platform.http.route import Route
from breakwater.routes.table import every_route
from breakwater_local.emulator import REGION, Emulator
from breakwater_local.managed_login import Site, sign_in
from breakwater_local.sample_people import PASSWORD, PEOPLE
from tests.integration.api.conftest import Api

ROUTES = [route for part in every_route().values() for route in part]
NOBODYS_ID = "no-such-id"


def path_of(route: Route) -> str:
    """The route's path, of something that does not exist: whoever may is told just that."""
    return re.sub(r"<\w+>", NOBODYS_ID, route.path)


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_role_may_what_the_routes_permission_says_and_nothing_else(
    api: Api, route: Route, role: Role
) -> None:
    body: dict[str, Any] | None = {} if route.method in ("POST", "PUT") else None
    answer = api.call(route.method, path_of(route), body, role=role)
    if is_allowed({role}, route.permission):
        # Nothing stands behind the id, and the body is empty: refused for that, not for the role.
        assert answer.status in (200, 201, 400, 404), answer
    else:
        assert answer.status == 403, answer
        assert answer.error["code"] == "forbidden"
        assert role not in answer.error["details"]["needed"]
        assert answer.error["details"]["yours"] == [role]


def test_the_table_knows_who_may_not() -> None:
    """At least one route of each kind, so that the test above tests both."""
    refused = {
        role: sum(not is_allowed({role}, route.permission) for route in ROUTES) for role in Role
    }
    assert refused[Role.VIEWER] == refused[Role.OPERATOR] + refused[Role.PLANNER]
    assert refused[Role.OPERATOR] > 0
    assert refused[Role.PLANNER] > 0
    assert refused[Role.COMMANDER] == 0


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_without_a_token_nothing_is_answered(api: Api, route: Route) -> None:
    assert api.call(route.method, path_of(route)).status == 401


@pytest.mark.parametrize("path", ["/nothing", "/me/nothing", "/recovery-plans/a/b/c"])
def test_where_nothing_is_everybody_gets_404(api: Api, path: str) -> None:
    assert api.call("GET", path, role=Role.COMMANDER).status == 404


def test_a_method_that_a_path_does_not_have_is_405_and_says_which_it_has(api: Api) -> None:
    answer = api.call("PATCH", f"/recovery-plans/{NOBODYS_ID}", {}, role=Role.COMMANDER)
    assert (answer.status, answer.headers["allow"]) == (405, "DELETE, GET, PUT")


@pytest.fixture(scope="module")
def other_pool(aws: Emulator) -> Iterator[str]:
    """The ID token of a commander of somebody else's user pool."""
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="somebody-elses")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="theirs", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    who = {"UserPoolId": pool, "Username": "commander@example.com"}
    cognito.admin_create_user(**who, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**who, Password=PASSWORD, Permanent=True)
    cognito.create_group(UserPoolId=pool, GroupName=Role.COMMANDER)
    cognito.admin_add_user_to_group(**who, GroupName=Role.COMMANDER)
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": who["Username"], "PASSWORD": PASSWORD},
    )
    yield signed_in["AuthenticationResult"]["IdToken"]
    cognito.delete_user_pool(UserPoolId=pool)


def test_a_token_of_another_pool_is_refused(api: Api, other_pool: str) -> None:
    """Even with a group that has the name of one of ours."""
    assert claims_of(other_pool)["cognito:groups"] == [Role.COMMANDER]
    assert api.call("GET", "/me", token=other_pool).status == 401


def test_a_token_for_another_client_of_our_pool_is_refused(
    aws: Emulator, api: Api, user_pool: str
) -> None:
    cognito = aws.client("cognito-idp")
    client = cognito.create_user_pool_client(
        UserPoolId=user_pool,
        ClientName="another",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]["ClientId"]
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=user_pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": PEOPLE[0].address, "PASSWORD": PASSWORD},
    )
    token = signed_in["AuthenticationResult"]["IdToken"]
    cognito.delete_user_pool_client(UserPoolId=user_pool, ClientId=client)
    assert api.call("GET", "/me", token=token).status == 401


@pytest.fixture
def expired(aws: Emulator, site: Site, user_pool: str) -> str:
    """A token that ended before it was given out: the embedded AWS lets a client's tokens be valid
    for less than nothing, where AWS (and boto3, which is told not to look) would refuse.
    """
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=aws.endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(parameter_validation=False),
    )
    client = {"UserPoolId": user_pool, "ClientId": site.client_id}
    was = cognito.describe_user_pool_client(**client)["UserPoolClient"]["IdTokenValidity"]
    try:
        cognito.update_user_pool_client(**client, IdTokenValidity=-was)
        return str(sign_in(site, PEOPLE[0].address, PASSWORD)["id_token"])
    finally:
        cognito.update_user_pool_client(**client, IdTokenValidity=was)


def test_an_expired_token_is_refused(api: Api, expired: str) -> None:
    """Ours, well signed, for our client: nothing is wrong with it but its time."""
    claims, good = claims_of(expired), claims_of(api.tokens[Role.VIEWER])
    assert {name: claims[name] for name in ("iss", "aud", "sub")} == {
        name: good[name] for name in ("iss", "aud", "sub")
    }
    assert claims["exp"] < claims["iat"]
    assert api.call("GET", "/me", token=expired).status == 401


@pytest.mark.parametrize("claim", ["cognito:groups", "exp"])
def test_a_token_that_somebody_changed_is_refused(api: Api, claim: str) -> None:
    head, _, signature = api.tokens[Role.VIEWER].split(".")
    claims = claims_of(api.tokens[Role.VIEWER])
    claims |= {"cognito:groups": [Role.COMMANDER], "exp": claims["exp"] + 3600}
    changed = {**claims_of(api.tokens[Role.VIEWER]), claim: claims[claim]}
    part = base64.urlsafe_b64encode(json.dumps(changed).encode()).decode().rstrip("=")
    assert api.call("GET", "/me", token=f"{head}.{part}.{signature}").status == 401


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_what_is_no_token_is_refused(api: Api, token: str) -> None:
    assert api.call("GET", "/me", token=token).status == 401


def test_an_access_token_is_refused_and_it_is_said_what_to_send(api: Api, site: Site) -> None:
    tokens = sign_in(site, PEOPLE[0].address, PASSWORD)
    answer = api.call("GET", "/me", token=tokens["access_token"])
    assert (answer.status, answer.error["code"]) == (401, "notSignedIn")
    assert "ID token" in answer.error["message"]


def test_somebody_without_a_group_may_nothing(api: Api, newcomer: Callable[..., str]) -> None:
    answer = api.call("GET", "/me", token=newcomer())
    assert answer.status == 403
    assert answer.error["details"]["yours"] == []


def test_a_group_that_we_do_not_know_gives_nothing(
    aws: Emulator, api: Api, user_pool: str, newcomer: Callable[..., str]
) -> None:
    group = f"commanders-{uuid.uuid4().hex[:8]}"
    aws.client("cognito-idp").create_group(UserPoolId=user_pool, GroupName=group)
    token = newcomer(group)
    assert claims_of(token)["cognito:groups"] == [group]
    answer = api.call("GET", "/me", token=token)
    assert answer.status == 403
    assert answer.error["details"]["yours"] == []


def test_two_groups_give_what_both_give(api: Api, newcomer: Callable[..., str]) -> None:
    token = newcomer(Role.OPERATOR, Role.PLANNER)
    me = api.call("GET", "/me", token=token).json
    assert me["roles"] == [Role.OPERATOR, Role.PLANNER]
    assert me["permissions"] == ["read", "plan", "runDrill"]
