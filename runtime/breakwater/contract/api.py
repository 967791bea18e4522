"""The HTTP API: where it answers, and what people may do there."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do: a group of the user pool."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    PLANNER = "planner"
    COMMANDER = "commander"


HEALTH_PATH = "/health"

# Which function answers below which paths. What it answers there, its own route table says.
API_PATHS = {
    "plans": ("/me", "/protection-groups", "/recovery-plans", "/source-servers"),
    "audit": ("/audit",),
    "executions": ("/executions",),
    "timeline": ("/executions/{executionId}/step-functions",),
    "workflows": ("/workflows", "/index/health"),
    "actions": (
        "/workflows/{workflowId}/pause",
        "/workflows/{workflowId}/resume",
        "/workflows/{workflowId}/cancel",
        "/workflows/{workflowId}/retry",
        "/workflows/{workflowId}/clone",
    ),
    "analytics": ("/analytics",),
    "bulk": ("/bulk",),
    "live": ("/live",),
}

# The HTTP API's stage: the page and the API share one origin, where the API is /api/*.
API_STAGE = "api"
