"""The one attempt of a workflow that its engine never redrives."""

from typing import Any

from breakwater.workflows.workflow import Workflow


def only_segment(workflow: Workflow, step_count: int | None) -> dict[str, Any]:
    """From its beginning to its end, as it is told among `segments`."""
    return {
        "number": 0,
        "status": workflow.status,
        "startedAt": workflow.started_at,
        "endedAt": workflow.ended_at,
        "error": workflow.error,
        "cause": workflow.cause,
        "failedStepId": None,
        "stepCount": step_count,
    }
