"""One HTTP function: its routes behind the gates that every request passes.

In this order: is there such a route, who asks, may they, is the body of a sane size, is it not too
much; only then is the request looked into. Errors become answers here and nowhere else.
"""

import base64
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.platform.http.caller import answer_for
from breakwater.platform.http.errors import (
    ApiError,
    BadRequest,
    InternalError,
    NotFound,
    TooLarge,
)
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.identity import Identity, identity_of
from breakwater.platform.http.models import ErrorBody
from breakwater.platform.http.rate_limit import RateLimit
from breakwater.platform.http.route import Route, find

MAX_BODY_BYTES = 256 * 1024
EVERYWHERE = {
    400: "not understood",
    401: "not signed in",
    403: "not allowed",
    413: "too large",
    429: "too many requests",
    500: "our fault",
}
JSON_TYPE = "application/json"
Event = dict[str, Any]
Answer = dict[str, Any]

logger = Logger(child=True)


def resolver_of(routes: Sequence[Route]) -> APIGatewayHttpResolver:
    """Powertools' resolver for these routes, with validation: also what the OpenAPI is made of."""
    resolver = APIGatewayHttpResolver(enable_validation=True)
    for route in routes:
        refusals = {error.status: error.__doc__ or "" for error in route.errors}
        responses: dict[int, Any] = {
            status: {"description": text, "content": {JSON_TYPE: {"model": ErrorBody}}}
            for status, text in {**EVERYWHERE, **refusals}.items()
        }
        resolver.route(
            rule=route.path,
            method=[route.method],
            summary=route.summary,
            operation_id=route.call.__name__,
            description=f"Needs the permission `{route.permission}`.",
            responses={route.success: {"description": "done"}, **responses},
            status_code=route.success,
        )(route.call)
    resolver.exception_handler(ApiError)(_refusal)
    resolver.exception_handler(RequestValidationError)(_invalid)
    resolver.exception_handler(RequestUnsupportedContentType)(_not_json)
    resolver.not_found(_nowhere)
    return resolver


class HttpApplication:
    """A Lambda handler for these routes."""

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        rate_limit: RateLimit,
        idempotency: Idempotency,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._routes = routes
        self._resolver = resolver_of(routes)
        self._rate_limit = rate_limit
        self._idempotency = idempotency
        self._clock = clock

    def __call__(self, event: Event, context: LambdaContext) -> Answer:
        """Answer one request (payload format 2.0)."""
        try:
            return self._answered(event, context)
        except ApiError as error:
            return _plain(error)
        except Exception:
            logger.exception("Request failed")
            return _plain(
                InternalError(
                    f"Something went wrong on our side. The log has it under request "
                    f"{context.aws_request_id}. Try again; if it stays, tell whoever runs this.",
                    details={"requestId": context.aws_request_id},
                )
            )

    def _answered(self, event: Event, context: LambdaContext) -> Answer:
        http = event["requestContext"]["http"]
        path = _path(event)
        route = find(self._routes, http["method"], path)
        identity = _identity(event)
        identity.require(route.permission)
        body = _body(event)
        _require_json(body, _headers(event).get("content-type", ""))
        self._rate_limit.take(identity.subject, self._clock())

        def work() -> Answer:
            answer_for(identity)
            # AWS puts the stage before the path, the embedded AWS does not, Powertools expects it.
            staged = {**event, "rawPath": f"/{event['requestContext']['stage']}{path}"}
            answer = dict(self._resolver.resolve(staged, context))
            return {**answer, "body": answer.get("body") or ""}  # a 204 has none

        key = _headers(event).get("idempotency-key")
        if route.idempotent and key is not None:
            scope = f"{identity.subject} {route.method} {path}"
            return self._idempotency.once(key, scope, body, work, context)
        return work()


def _path(event: Event) -> str:
    """The path without the stage, wherever it was written."""
    path = str(event["rawPath"])
    stage = f"/{event['requestContext']['stage']}"
    return path.removeprefix(stage) if path.startswith(f"{stage}/") else path


def _identity(event: Event) -> Identity:
    authorizer = event["requestContext"].get("authorizer", {})
    claims = authorizer.get("jwt", {}).get("claims", {})
    return identity_of(claims, _address(event))


def _address(event: Event) -> str:
    """Where the request came from: behind CloudFront, the viewer and the edge that vouches for it.

    Every proxy appends whom it heard from. What stands before the edge was said to it, so both are
    told: a caller who comes directly can write what it likes there, not who it is.
    """
    source = str(event["requestContext"]["http"].get("sourceIp", ""))
    forwarded = str(_headers(event).get("x-forwarded-for", ""))
    before = [hop.strip() for hop in forwarded.split(",") if hop.strip() not in ("", source)]
    return f"{before[-1][:64]} via {source}" if before else source


def _headers(event: Event) -> dict[str, str]:
    return {name.lower(): str(text) for name, text in (event.get("headers") or {}).items()}


def _body(event: Event) -> str:
    text = event.get("body") or ""
    try:
        plain = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else None
    except ValueError:
        raise BadRequest("The body is not what its encoding says.") from None
    size = len(plain) if plain is not None else len(text.encode())
    if size > MAX_BODY_BYTES:
        raise TooLarge(
            f"The body has {size} bytes; at most {MAX_BODY_BYTES} are taken.",
            details={"bytes": size, "limit": MAX_BODY_BYTES},
        )
    return plain.decode(errors="replace") if plain is not None else text


def _plain(error: ApiError) -> Answer:
    return {
        "statusCode": error.status,
        "headers": {"content-type": JSON_TYPE, **error.headers},
        "body": json.dumps(error.body()),
        "isBase64Encoded": False,
    }


def _refusal(error: ApiError) -> Response[str]:
    return Response(
        status_code=error.status,
        content_type=JSON_TYPE,
        headers=dict(error.headers),
        body=json.dumps(error.body()),
    )


def _invalid(error: RequestValidationError) -> Response[str]:
    """Every field that is wrong, with its place and its value."""
    problems = [
        {
            "place": _place(found.get("loc", ())),
            "problem": found.get("msg", ""),
            "value": _short(found.get("input")),
        }
        for found in error.errors()
    ]
    places = ", ".join(problem["place"] for problem in problems)
    return _refusal(BadRequest(f"Not understood: {places}.", details=problems))


def _is_offset(steps: Sequence[Any]) -> bool:
    """Broken JSON is reported as (body, position): the place is the body."""
    return len(steps) == 2 and isinstance(steps[1], int)


def _place(steps: Sequence[Any]) -> str:
    """`waves[2].name`, as people write it; body or query goes without saying."""
    place = ""
    for step in steps[1:] if not _is_offset(steps) else ():
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
    return place or str(steps[0] if steps else "body")


def _require_json(body: str, content_type: str) -> None:
    """Powertools also reads forms, and fails over one that is broken."""
    kind = content_type.partition(";")[0].strip().lower()
    if body and kind and kind != JSON_TYPE:
        raise BadRequest("Send JSON, with the header content-type: application/json.")


def _nowhere(_: NotFoundError) -> Response[str]:
    """Characters that Powertools takes for no part of an id."""
    return _refusal(NotFound("There is nothing at this path: an id has letters, digits and -."))


def _not_json(_: RequestUnsupportedContentType) -> Response[str]:
    return _refusal(BadRequest("Send JSON, with the header content-type: application/json."))


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return value if len(text) <= 200 else f"{text[:200]}…"
