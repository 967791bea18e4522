"""The API as people reach it: invited, signed in by managed login, with the token of a role."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from breakwater import contract
from breakwater.contract import Role
from breakwater_local.emulator import ACCOUNT, REGION, Emulator
from breakwater_local.managed_login import Site, sign_in
from breakwater_local.sample_people import PASSWORD, PEOPLE, invite_sample_people
from stacks.api import LOCAL_PAGE
from tests.integration.asked import Answer, asked
from tests.integration.deployed import api_outputs
from tests.integration.waiting import once_there_is_room


@dataclass(frozen=True)
class Api:
    """The deployed API, and a token for each role."""

    url: str
    tokens: Mapping[Role, str] = field(repr=False)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: Role | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request as this role, or with this token, or as nobody. Text is sent as it is."""
        sent = {"content-type": "application/json", **(headers or {})}
        bearer = self.tokens[role] if role else token
        if bearer is not None:
            sent["Authorization"] = f"Bearer {bearer}"
        content = body if isinstance(body, str | None) else json.dumps(body)
        return once_there_is_room(
            lambda: asked(method, self.url + path, content, sent), reads=method == "GET"
        )

    def done(self, method: str, path: str, body: Any = None, *, role: Role, **how: Any) -> Any:
        """The body of an answer that is no refusal; None where there is none."""
        answer = self.call(method, path, body, role=role, **how)
        assert answer.status < 300, (method, path, answer)
        return answer.json if answer.text else None


@pytest.fixture(scope="session")
def user_pool(aws: Emulator) -> str:
    """The pool, with the sample people in it."""
    pool = api_outputs(aws)[contract.USER_POOL_OUTPUT]
    invite_sample_people(aws, pool)
    return pool


@pytest.fixture(scope="session")
def site(aws: Emulator, user_pool: str) -> Site:
    """Where the portal's people sign in."""
    return Site(aws, api_outputs(aws)[contract.CLIENT_OUTPUT], LOCAL_PAGE)


@pytest.fixture(scope="session")
def api(aws: Emulator, site: Site) -> Api:
    """The API, everybody signed in once."""
    tokens = {person.role: sign_in(site, person.address, PASSWORD)["id_token"] for person in PEOPLE}
    return Api(api_outputs(aws)[contract.API_URL_OUTPUT], tokens)


@pytest.fixture(scope="session")
def newcomer(aws: Emulator, site: Site, user_pool: str) -> Callable[..., str]:
    """Invites somebody, puts them into these groups, signs them in: their ID token."""

    def invite(*groups: str) -> str:
        address = f"{uuid.uuid4()}@example.com"
        cognito = aws.client("cognito-idp")
        cognito.admin_create_user(
            UserPoolId=user_pool,
            Username=address,
            UserAttributes=[{"Name": "email", "Value": address}],
            TemporaryPassword=PASSWORD,
            MessageAction="SUPPRESS",
        )
        cognito.admin_set_user_password(
            UserPoolId=user_pool, Username=address, Password=PASSWORD, Permanent=True
        )
        for group in groups:
            cognito.admin_add_user_to_group(UserPoolId=user_pool, Username=address, GroupName=group)
        return str(sign_in(site, address, PASSWORD)["id_token"])

    return invite


def unique(name: str) -> str:
    """A name that no other test takes."""
    return f"{name} {uuid.uuid4().hex[:8]}"


def source_servers(api: Api, account: str = ACCOUNT, region: str = REGION) -> dict[str, str]:
    """The ids of the simulator's servers there, by their Name."""
    path = f"/source-servers?accountId={account}&region={region}"
    listed = api.done("GET", path, role=Role.VIEWER)
    return {item["tags"]["Name"]: item["sourceServerId"] for item in listed["items"]}


def group_of(label: str, /, *ids: str, **other: Any) -> dict[str, Any]:
    """A protection group's body."""
    selection = {"ids": list(ids)}
    place = {"accountId": ACCOUNT, "region": REGION}
    return {"name": unique(label), **place, "servers": selection, **other}
