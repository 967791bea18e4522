"""A route: what is asked for, who may, what comes back, what can go wrong. All in one place."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from aws_lambda_powertools.event_handler.openapi.params import Body, Param, Query

from breakwater.platform.http.errors import ApiError, MethodNotAllowed, NotFound
from breakwater.platform.http.permissions import Permission

_VARIABLE = re.compile(r"<(\w+)>")


@dataclass(frozen=True, kw_only=True)  # no slots: what is derived is kept
class Route:
    """One row of the route table.

    The models are the annotations of `call`: body, query and path parameters, and what it returns.
    """

    method: str
    path: str
    """As Powertools writes it: `/recovery-plans/<plan_id>`."""

    permission: Permission
    summary: str
    call: Callable[..., Any]
    errors: Sequence[type[ApiError]] = ()
    """Those of its own; what every route can answer is added."""

    success: int = 200
    idempotent: bool = False
    """Takes an Idempotency-Key: the same answer again, the work once."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a path must look like."""
        return re.compile(_VARIABLE.sub("[^/]+", self.path))

    @cached_property
    def queries(self) -> frozenset[str]:
        """The names of its query parameters, as callers write them."""
        hints = get_type_hints(self.call, include_extras=True)
        hints.pop("return", None)
        for variable in _VARIABLE.findall(self.path):
            hints.pop(variable, None)
        return frozenset(
            name for parameter, hint in hints.items() if (name := _query_name(parameter, hint))
        )


def look(path: str, summary: str, call: Callable[..., Any], *errors: type[ApiError]) -> Route:
    """A route by which whoever may read looks at something."""
    return Route(
        method="GET",
        path=path,
        permission=Permission.READ,
        summary=summary,
        call=call,
        errors=errors,
    )


def _query_name(parameter: str, hint: Any) -> str | None:
    for told in getattr(hint, "__metadata__", ()):
        if isinstance(told, Query):
            return told.alias or parameter
        if isinstance(told, Body | Param):
            return None
    return parameter  # Powertools takes whatever is not described for one


def find(routes: Sequence[Route], method: str, path: str) -> Route:
    """The route for a request; 404 for a path we do not have, 405 for a method."""
    at_path = [route for route in routes if route.pattern.fullmatch(path)]
    if not at_path:
        raise NotFound(f"There is nothing at {path}. The OpenAPI document lists what there is.")
    for route in at_path:
        if route.method == method:
            return route
    allowed = sorted(route.method for route in at_path)
    raise MethodNotAllowed(
        f"{method} is not possible at {path}; possible: {', '.join(allowed)}.",
        headers={"Allow": ", ".join(allowed)},
    )
