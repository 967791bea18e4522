"""The one route table: every route of every function, as the OpenAPI document and the tests see it.

Functions import their own part only; this module is for whoever wants the whole.
"""

from collections.abc import Sequence
from typing import Any

from breakwater import contract
from breakwater.platform.http.route import Route
from breakwater.routes import (
    analytics,
    audit,
    bulk,
    executions,
    live,
    me,
    protection_groups,
    recovery_plans,
    servers,
    step_functions,
    workflow_actions,
    workflow_definition,
    workflows,
)

_NOBODY: Any = None


def every_route() -> dict[str, Sequence[Route]]:
    """Function → its routes, to be described: nothing stands behind them, they cannot be called."""
    table: dict[str, Sequence[Route]] = {
        "plans": [
            *me.ROUTES,
            *protection_groups.routes(_NOBODY, _NOBODY, _NOBODY),
            *recovery_plans.routes(_NOBODY),
            *servers.routes(_NOBODY),
        ],
        "audit": audit.routes(_NOBODY),
        "executions": executions.routes(_NOBODY),
        "analytics": analytics.routes(_NOBODY),
        "bulk": bulk.routes(_NOBODY, _NOBODY),
        "live": live.routes(_NOBODY),
        "timeline": step_functions.routes(_NOBODY, _NOBODY, _NOBODY, ""),
        "actions": workflow_actions.routes(_NOBODY),
        "workflows": [*workflows.routes(_NOBODY), *workflow_definition.routes(_NOBODY)],
    }
    if table.keys() != contract.API_PATHS.keys():
        raise ValueError(f"functions {sorted(table)} do not match contract.API_PATHS")
    return table
