"""The OpenAPI document, made from the route table: `python -m breakwater.routes`."""

import json
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, Server

import breakwater
from breakwater import contract
from breakwater.platform.http.application import resolver_of
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.routes.audit import JSON_LINES
from breakwater.routes.table import every_route

_DESCRIPTION = """Disaster recovery in waves on AWS.

JSON in camelCase; times are ISO-8601 in UTC with milliseconds; durations are seconds. Lists answer
`{items, nextCursor, partial}`. Errors answer `{error: {code, message, details}}`; the few that the
gateway makes by itself (a missing or expired token: 401; no such path: 404; more than 10 MB: 413;
more than the stage lets through: 429; a function that failed or took too long: 500, 503) carry
`{message}`.
"""

# What API Gateway answers by itself, before a function is asked; in its own words.
_GATEWAY_ANSWERS = {"401", "404", "413", "429", "500", "503"}
_GATEWAY_ERROR = {
    "type": "object",
    "title": "GatewayError",
    "description": "The body of a refusal that comes from the gateway.",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
}


class HealthPart(Model):
    """A part of the deployment."""

    name: str
    status: str
    problem: str | None = None


class Health(Model):
    """Is every part ready?"""

    status: str
    environment: str
    version: str
    checked_at: str
    parts: list[HealthPart]


def document() -> dict[str, Any]:
    """The document, the same every time."""
    routes = [route for part in every_route().values() for route in part]
    resolver = resolver_of([*routes, _HEALTH])
    text = resolver.get_openapi_json_schema(
        title="Breakwater",
        version=breakwater.__version__,
        description=_DESCRIPTION,
        servers=[Server(url=f"/{contract.API_STAGE}")],
        security_schemes={
            "signIn": HTTPBearer(
                description="The ID token of the user pool, by managed login with PKCE",
                bearerFormat="JWT",
            )
        },
        security=[{"signIn": []}],
    )
    content: dict[str, Any] = json.loads(text)
    for operations in content["paths"].values():
        for operation in operations.values():
            _without_powertools_own(operation["responses"])
            _with_gateways_own(operation["responses"])
    for schema in ("HTTPValidationError", "ValidationError", "ResponseValidationError"):
        content["components"]["schemas"].pop(schema, None)
    content["components"]["schemas"]["GatewayError"] = _GATEWAY_ERROR
    _without_sign_in(content["paths"][contract.HEALTH_PATH]["get"])
    _as_json_lines(content["paths"]["/audit/export"]["get"])
    return content


def get_health() -> Health:
    """Described here; answered by a function of its own, without sign-in."""
    raise NotImplementedError


_HEALTH = Route(
    method="GET",
    path=contract.HEALTH_PATH,
    permission=Permission.READ,
    summary="Is every part of Breakwater ready? Needs no sign-in",
    call=get_health,
)


def _without_powertools_own(responses: dict[str, Any]) -> None:
    """Powertools announces a 422 of its own for every route; ours answer 400 in our words."""
    schema = responses["422"]["content"]["application/json"]["schema"]
    if schema.get("$ref", "").endswith("/HTTPValidationError"):
        del responses["422"]


def _with_gateways_own(responses: dict[str, Any]) -> None:
    for status in _GATEWAY_ANSWERS & responses.keys():
        told = responses[status]["content"]["application/json"]
        told["schema"] = {
            "anyOf": [told["schema"], {"$ref": "#/components/schemas/GatewayError"}],
        }


def _as_json_lines(operation: dict[str, Any]) -> None:
    """Powertools describes every answer as JSON."""
    done = operation["responses"]["200"]
    done["content"] = {JSON_LINES: {"schema": {"type": "string"}}}
    done["headers"] = {
        "x-next-cursor": {
            "description": "where to go on; not there at the end",
            "schema": {"type": "string"},
        }
    }


def _without_sign_in(operation: dict[str, Any]) -> None:
    operation["security"] = []
    operation["description"] = "Public: load balancers and monitors ask it."
    ready = operation["responses"]["200"]
    operation["responses"] = {"200": ready, "503": {**ready, "description": "a part is not ready"}}
