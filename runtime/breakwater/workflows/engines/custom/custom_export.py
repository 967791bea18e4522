"""A custom workflow as a file. Pure.

What publishes its own events has no history of Step Functions, so there is no trace to be made of
it: json and csv, no more.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from breakwater.platform.http.errors import Conflict
from breakwater.timeline.csv_export import csv_text
from breakwater.workflows.engine_port import Described
from breakwater.workflows.exporting import Exported, ExportFormat, exported

_COLUMNS = {
    "id": "id",
    "name": "name",
    "status": "status",
    "started": "startedAt",
    "ended": "endedAt",
    "duration": "durationSeconds",
    "attempts": "attemptCount",
    "error": "error",
    "cause": "cause",
}


def custom_exported(
    told: Described, steps: Sequence[Mapping[str, Any]], form: ExportFormat
) -> Exported:
    """The file; Conflict for a form that it does not have."""
    name = told.workflow.id.name
    if form is ExportFormat.CSV:
        rows = [[step.get(key) for key in _COLUMNS.values()] for step in steps]
        return exported(form, name, csv_text(list(_COLUMNS), rows))
    if form is not ExportFormat.JSON:
        raise Conflict(
            f"A workflow that publishes its own events has no history to make {form.value} of. "
            "Possible: json, csv.",
            details={"possible": [ExportFormat.JSON.value, ExportFormat.CSV.value]},
        )
    workflow = told.workflow.to_json()
    del workflow["capabilities"]
    content = {
        "workflow": workflow,
        "segments": list(told.segments),
        "failure": told.failure,
        "steps": list(steps),
        "metadata": dict(told.metadata),
    }
    return exported(form, name, content)
