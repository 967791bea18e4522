"""The parts of an execution's detail, from its row and as much of its history as was read. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater import contract
from breakwater.platform.clock import iso
from breakwater.platform.http.errors import Gone, Unavailable
from breakwater.timeline import statuses
from breakwater.timeline.console_links import console_links
from breakwater.timeline.definition import Definition
from breakwater.timeline.execution_arn import parsed_execution_arn
from breakwater.timeline.json_export import failure_json
from breakwater.timeline.moments import iso as maybe_iso
from breakwater.timeline.reader import UsedDefinition
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.timeline import Timeline
from breakwater.workflows import progress
from breakwater.workflows.engine_port import Stale
from breakwater.workflows.engines.step_functions import step_tree
from breakwater.workflows.engines.step_functions.growing_timelines import TERMINAL, Grown
from breakwater.workflows.profiles import Profile
from breakwater.workflows.workflow import Progress, Workflow
from breakwater.workflows.workflow_id import WorkflowId
from breakwater.workflows.workflow_status import (
    CANCELLED,
    COMPLETED,
    FAILED,
    PAUSED,
    RUNNING,
    TIMED_OUT,
    of_step_functions,
)

Row = Mapping[str, Any]
_OF_SEGMENT = {
    statuses.RUNNING: RUNNING,
    statuses.SUCCEEDED: COMPLETED,
    statuses.FAILED: FAILED,
    statuses.TIMED_OUT: TIMED_OUT,
    statuses.ABORTED: CANCELLED,
}


def newer(row: Row, grown: Grown | None) -> Row:
    """With the end that its history tells of, where the index has not heard of it yet."""
    execution = grown.timeline.execution if grown and grown.is_whole else None
    if execution is None or execution.status not in TERMINAL or row["status"] in TERMINAL:
        return row
    if execution.redrives < int(row.get("redriveCount") or 0):
        return row
    return {
        **row,
        "status": execution.status,
        "stopDate": maybe_iso(execution.stop),
        "durationSeconds": execution.duration,
        "error": execution.error,
        "cause": execution.cause,
    }


def progress_told(
    workflow: Workflow,
    grown: Grown,
    last: Timeline | None,
    profile: Profile | None,
    defined: float | None,
) -> Progress:
    """Steps entered, where all are known; of a long history its last part says where it is."""
    current = last.current[0].path if last is not None and last.current else None
    if not grown.is_whole:
        return replace(workflow.progress, current_step=current or workflow.progress.current_step)
    expected = profile.median_steps if profile is not None and profile.samples else defined
    return progress.by_steps(
        workflow.status,
        entered=len(grown.timeline.steps),
        expected=expected,
        current_step=current,
    )


def status_by_history(
    workflow: Workflow, last: Timeline | None, definition: Definition | None, *, is_whole: bool
) -> str:
    """RUNNING or PAUSED: does it wait for its callback at the gate that its machine's tag names?

    What is let through is there, too, for the moment that this takes. Without its history it stands
    as its row says; likewise where only the last of it is known, and nothing there waits: another
    branch may have been held before.
    """
    gate = workflow.tags.get(contract.GATE_TAG)
    if not gate or last is None or definition is None or workflow.status not in (RUNNING, PAUSED):
        return workflow.status
    waiting = (definition.state(step.name) for step in last.waiting)
    held = any(state is not None and state.function == gate for state in waiting)
    if held:
        return PAUSED
    return RUNNING if is_whole else workflow.status


def segments_told(row: Row, grown: Grown | None, redaction: Redaction) -> list[dict[str, Any]]:
    """The original attempt and each redrive. Without a redrive the row says it."""
    if grown is None or not grown.is_whole:
        only = {
            "number": 0,
            "status": of_step_functions(row["status"]),
            "startedAt": row["startDate"],
            "endedAt": row.get("stopDate"),
            "error": redaction.text(row.get("error")),
            "cause": redaction.text(row.get("cause")),
            "failedStepId": None,
            "stepCount": None,
        }
        return [only]
    timeline = grown.timeline
    return [
        {
            "number": one.number,
            "status": _OF_SEGMENT.get(one.status, one.status),
            "startedAt": maybe_iso(one.started),
            "endedAt": maybe_iso(one.stopped),
            "error": redaction.text(one.error),
            "cause": redaction.text(one.cause),
            "failedStepId": _id_of(timeline, one.failed_step),
            "stepCount": len(one.steps),
        }
        for one in timeline.segments
    ]


def failure_told(last: Timeline | None, redaction: Redaction) -> dict[str, Any] | None:
    """Why it failed, from the end of its history."""
    told = failure_json(last.failure, redaction) if last is not None else None
    if told is None or last is None:
        return None
    step, function = told.pop("step"), told.pop("lambda")
    return {**told, "functionError": function, "stepId": _id_of(last, step)}


def _id_of(timeline: Timeline, number: int | None) -> str | None:
    step = timeline.step(number) if number is not None else None
    return step_tree.step_id(step) if step is not None else None


def metadata_told(row: Row, used: UsedDefinition | None) -> dict[str, Any]:
    """What else is known of it, and where to look further."""
    arn = parsed_execution_arn(row["executionArn"])
    started, stopped = (
        datetime.fromisoformat(row[name]) if row.get(name) else None
        for name in ("startDate", "stopDate")
    )
    links = console_links(
        arn,
        log_group_arn=used.log_group_arn if used else None,
        started=started,
        stopped=stopped,
    )
    kept = ("account", "region", "version", "alias", "inputSize", "outputSize", "redriveDate")
    return {
        **{name: row.get(name) for name in kept},
        "redriveCount": row.get("redriveCount") or 0,
        "confirmedAt": row.get("confirmedAt"),
        "conflict": row.get("conflict"),
        "links": {
            "console": links.console,
            "logs": links.logs,
            "logsInsights": links.logs_insights,
        },
    }


def stale_since(busy: Unavailable, row: Row, known: Grown | None) -> Stale:
    """Nothing newer could be had: why, how old what is told is, and when to try again."""
    seen = iso(known.read_at) if known else row.get("confirmedAt") or row["startDate"]
    return Stale(
        reason=busy.message,
        as_of=seen,
        retry_after_seconds=int(busy.headers.get("Retry-After", "5")),
    )


def gone(wanted: WorkflowId, row: Row) -> Gone:
    """The index knows it, Step Functions does not any more."""
    kept = ("status", "startDate", "stopDate", "error", "agentName", "executionName")
    return Gone(
        f"Step Functions keeps the history of {wanted.name} no longer: it goes 90 days after the "
        "end (30, where that was chosen). What the index knows of it is in the details.",
        details={name: row.get(name) for name in kept},
    )
