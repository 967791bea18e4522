"""An application of a few routes, with every gate that a request passes."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Annotated, Any, Literal, cast

import pytest
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from botocore.exceptions import ClientError, ReadTimeoutError
from pydantic import Field

from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.caller import caller, request_mark
from breakwater.platform.http.errors import Conflict, NotFound, TooManyRequests
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.rate_limit import RateLimit
from breakwater.platform.http.route import Route

CONTEXT = cast(Any, SimpleNamespace(aws_request_id="request-1", function_name="f"))


class Wave(Model):
    name: str = Field(min_length=1, max_length=5)


class Round(Model):
    kind: Literal["round"]
    r: int = Field(ge=0)


class Square(Model):
    kind: Literal["square"]
    side: int


class Draft(Model):
    display_name: str
    shape: Annotated[Round | Square, Field(discriminator="kind")] | None = None
    waves: list[Wave] = Field(default_factory=list)


class Saved(Model):
    thing_id: str
    saved_by: str


FAULTS = {
    "broken": RuntimeError("the secret cause"),
    "throttled": ClientError({"Error": {"Code": "ThrottlingException"}}, "GetItem"),
    "silent": ReadTimeoutError(endpoint_url="https://secret"),
    "denied": ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem"),
}


def get_thing(thing_id: Annotated[str, Path(max_length=64)]) -> Saved:
    if thing_id == "missing":
        raise NotFound("There is no thing missing.")
    if thing_id in FAULTS:
        raise FAULTS[thing_id]
    if thing_id == "wrapped":
        raise KeyError("the layer between") from FAULTS["silent"]
    return Saved(thing_id=thing_id, saved_by=caller().name)


def post_thing(draft: Annotated[Draft, Body()], dry: Annotated[bool, Query()] = False) -> Saved:
    if draft.display_name == "taken":
        raise Conflict("The name is taken.", details={"name": "taken"})
    return Saved(thing_id=draft.display_name, saved_by=caller().name)


ROUTES = [
    Route(
        method="GET",
        path="/things/<thing_id>",
        permission=Permission.READ,
        summary="One thing",
        call=get_thing,
        errors=[NotFound],
    ),
    Route(
        method="POST",
        path="/things",
        permission=Permission.PLAN,
        summary="A new thing",
        call=post_thing,
        errors=[Conflict],
        success=201,
        idempotent=True,
    ),
]


def start_thing() -> Saved:
    return Saved(thing_id=request_mark() or "", saved_by=caller().name)


ROUTES.append(
    Route(
        method="POST",
        path="/started",
        permission=Permission.PLAN,
        summary="Starts something, named by the request",
        call=start_thing,
        idempotent=True,
    )
)


class Tokens:
    """Stands for the rate limit; has as many tokens as it is told."""

    def __init__(self) -> None:
        self.left = 100
        self.callers: list[str] = []

    def take(self, who: str, now: float) -> None:
        self.callers.append(who)
        self.left -= 1
        if self.left < 0:
            raise TooManyRequests("Wait.", headers={"Retry-After": "3"})


class Keys:
    """Stands for the kept answers; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def once(self, key: str, scope: str, body: str, work: Callable[[], Any], context: Any) -> Any:
        self.asked.append((key, scope, body))
        return work()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def ask(tokens: Tokens, keys: Keys) -> Callable[..., tuple[int, Any, dict[str, str]]]:
    application = HttpApplication(
        ROUTES,
        rate_limit=cast(RateLimit, tokens),
        idempotency=cast(Idempotency, keys),
        clock=lambda: 0.0,
    )

    def asked(
        method: str,
        path: str,
        body: Any = None,
        *,
        groups: str = "[planner]",
        headers: dict[str, str] | None = None,
        raw: str | None = None,
        encoded: bool = False,
        query: str = "",
    ) -> tuple[int, Any, dict[str, str]]:
        claims = {
            "sub": "s-1",
            "token_use": "id",
            "email": "ada@example.com",
            "cognito:groups": groups,
        }
        event = {
            "version": "2.0",
            "rawPath": f"/api{path}",
            "rawQueryString": query,
            "queryStringParameters": dict(part.split("=") for part in query.split("&") if part),
            "headers": {"content-type": "application/json", **(headers or {})},
            "requestContext": {
                "stage": "api",
                "http": {"method": method, "path": f"/api{path}", "sourceIp": "192.0.2.1"},
                "authorizer": {"jwt": {"claims": claims}},
            },
            "body": raw if raw is not None else json.dumps(body) if body is not None else None,
            "isBase64Encoded": encoded,
        }
        answer = application(event, CONTEXT)
        headers_given = {name.lower(): value for name, value in answer["headers"].items()}
        return answer["statusCode"], json.loads(answer["body"]), headers_given

    return asked
