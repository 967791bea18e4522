"""One HTTP function: its routes behind the gates that every request passes.

In this order: who asks, is it not too much, is there such a route, may they, is the request of a
sane form; only then is it looked into. So a request that is refused has also taken a token. Errors
become answers here and nowhere else.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.platform.http.body import JSON_TYPE, require_json, text_of
from breakwater.platform.http.caller import answer_for
from breakwater.platform.http.errors import ApiError, InternalError, NotFound
from breakwater.platform.http.faults import unavailable
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.identity import Identity, identity_of
from breakwater.platform.http.models import ErrorBody
from breakwater.platform.http.rate_limit import RateLimit
from breakwater.platform.http.refusals import invalid, plain, refusal, unknown_queries
from breakwater.platform.http.route import Route, find

EVERYWHERE = {
    400: "not understood",
    401: "not signed in",
    403: "not allowed",
    413: "too large",
    429: "too many requests",
    500: "our fault",
    503: "something did not answer in time: try again",
}
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

    def misunderstood(error: RequestValidationError) -> Response[str]:
        event = resolver.current_event
        return refusal(invalid(error, event.json_body if event.body else None))

    resolver.exception_handler(ApiError)(refusal)
    resolver.exception_handler(RequestValidationError)(misunderstood)
    resolver.not_found(_nowhere)
    return resolver


class HttpApplication:
    """A Lambda handler for these routes."""

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        rate_limit: RateLimit,
        idempotency: Idempotency | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """
        :param idempotency: needed by routes that start something.
        """
        if idempotency is None and any(route.idempotent for route in routes):
            raise ValueError("a route that starts something needs idempotency")
        self._routes = routes
        self._resolver = resolver_of(routes)
        self._rate_limit = rate_limit
        self._idempotency = idempotency
        self._clock = clock

    def __call__(self, event: Event, context: LambdaContext) -> Answer:
        """Answer one request (payload format 2.0)."""
        try:
            answer = self._answered(event, context)
        except ApiError as error:
            answer = plain(error)
        except Exception as error:
            logger.exception("Request failed")
            answer = plain(unavailable(error) or _our_fault(context.aws_request_id))
        # What a shared machine's browser keeps is seen by whoever sits there next.
        return {**answer, "headers": {**answer["headers"], "cache-control": "no-store"}}

    def _answered(self, event: Event, context: LambdaContext) -> Answer:
        http = event["requestContext"]["http"]
        path = _path(event)
        identity = _identity(event)
        self._rate_limit.take(identity.subject, self._clock())
        route = find(self._routes, http["method"], path)
        identity.require(route.permission)
        body = text_of(event)
        require_json(body, _headers(event).get("content-type", ""))
        asked = (event.get("queryStringParameters") or {}).keys()
        if unknown := sorted(asked - route.queries):
            raise unknown_queries(unknown, sorted(route.queries))

        key = _headers(event).get("idempotency-key") if route.idempotent else None
        scope = f"{identity.subject} {route.method} {path}"
        mark = context.aws_request_id if key is None else _mark(scope, key)

        def work() -> Answer:
            answer_for(identity, mark)
            # AWS puts the stage before the path, the embedded AWS does not, Powertools expects it.
            staged = {**event, "rawPath": f"/{event['requestContext']['stage']}{path}"}
            answer = dict(self._resolver.resolve(staged, context))
            return {**answer, "body": answer.get("body") or ""}  # a 204 has none

        if self._idempotency and key is not None:
            return self._idempotency.once(key, scope, body, work, context)
        return work()


def _mark(scope: str, key: str) -> str:
    return hashlib.sha256(f"{scope} {key}".encode("utf-8", "replace")).hexdigest()


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


def _nowhere(_: NotFoundError) -> Response[str]:
    """Characters that Powertools takes for no part of an id."""
    return refusal(NotFound("There is nothing at this path: an id has letters, digits and -."))


def _our_fault(request_id: str) -> InternalError:
    return InternalError(
        f"Something went wrong on our side. The log has it under request {request_id}. Try again; "
        "if it stays, tell whoever runs this.",
        details={"requestId": request_id},
    )
