"""The one route table: every route of every function, as the OpenAPI document and the tests see it.

Functions import their own part only; this module is for whoever wants the whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from breakwater import contract
from breakwater.platform.http.route import Route
from breakwater.routes import audit, me


def every_route(services: Mapping[str, Any] | None = None) -> dict[str, Sequence[Route]]:
    """Function → its routes. Without services the routes can be described, not called."""
    given = services or {}
    table: dict[str, Sequence[Route]] = {
        "plans": me.ROUTES,
        "audit": audit.routes(given.get("trail")),  # type: ignore[arg-type]
    }
    if table.keys() != contract.API_PATHS.keys():
        raise ValueError(f"functions {sorted(table)} do not match contract.API_PATHS")
    return table
