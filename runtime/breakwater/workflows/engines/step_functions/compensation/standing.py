"""How a cancelled execution stands while, and after, what it did is made good again. Pure.

It is CANCELLING until its compensation has succeeded. One that failed, or that nobody started, is
never told as an end: it stays CANCELLING, with an error that says so, until it is run again. Its
time goes on until then: nobody has what they asked for.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.workflows.engines.step_functions.compensation.note import CompensationNote
from breakwater.workflows.sla.standing import standing
from breakwater.workflows.workflow import Workflow
from breakwater.workflows.workflow_status import (
    CANCELLED,
    CANCELLING,
    ENDED,
    FAILED,
    of_step_functions,
)

WANTED = "WANTED"
"""Of a compensation that was not started."""

GONE = "GONE"
"""Of one that Step Functions knows no longer: with its state machine its executions are deleted."""

FAILED_ERROR, WANTED_ERROR = "CompensationFailed", "CompensationNotStarted"
DONE = "COMPLETED"
AGAIN = ENDED - {DONE} | {GONE}
"""In these it can be run once more."""


def compensation_status(started: Mapping[str, Any] | None) -> str:
    """Of the compensating execution, in the words of workflows."""
    return of_step_functions(str(started["status"])) if started else WANTED


def with_compensation(
    workflow: Workflow,
    redrives: int,
    note: CompensationNote | None,
    started: Mapping[str, Any] | None,
    *,
    now: datetime,
) -> Workflow:
    """The cancelled execution, as its compensation lets it stand.

    :param redrives: how often it was redriven.
    :param started: the compensating execution: `status`, `error`, `cause`; None: not started.
    """
    if note is None or workflow.status != CANCELLED or note.redrives != redrives:
        return workflow
    status = compensation_status(started)
    facts = {**workflow.facts, "compensation": status}
    if status == DONE:
        return replace(workflow, facts=facts)
    error, cause = None, None
    if status == WANTED:
        error = WANTED_ERROR
        cause = "It is stopped, and its compensation was not started: retry starts it."
    elif status == GONE:
        error = FAILED_ERROR
        cause = "Step Functions knows its compensation no longer, so nobody can tell how it ended. "
        cause += "Retry runs it again."
    elif status in ENDED:
        error = FAILED_ERROR
        told = ": ".join(filter(None, ((started or {}).get(key) for key in ("error", "cause"))))
        why = f", {told.rstrip('.')}" if told else ""
        cause = f"Its compensation {status}{why}. Retry runs it again."
    began = datetime.fromisoformat(workflow.started_at)
    elapsed = max(0.0, round((now - began).total_seconds(), 3))
    return replace(
        workflow,
        status=CANCELLING,
        facts=facts,
        ended_at=None,
        duration_seconds=elapsed,
        sla_status=standing(workflow.sla_target_seconds, elapsed, CANCELLING),
        error=error,
        cause=cause,
    )


def failure_with_compensation(
    failure: Mapping[str, Any] | None, workflow: Workflow, failed_step: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Why it is not over, where its compensation is the reason; else why it ended.

    :param failed_step: of the compensation, as the workflow shows it.
    """
    if workflow.error not in _MEANINGS:
        return failure
    means, advice = _MEANINGS[workflow.error]
    step = failed_step or {}
    return {
        "status": FAILED,
        "error": workflow.error,
        "cause": None,
        "message": workflow.cause or means,
        "stepId": step.get("id"),
        "stepName": step.get("name"),
        "means": means,
        "advice": advice,
    }


_MEANINGS = {
    FAILED_ERROR: (
        "It was cancelled, and what it had done is not, or not wholly, made good again.",
        "Mend what the compensation failed of, then retry: it runs again, with the same input.",
    ),
    WANTED_ERROR: (
        "It was cancelled, and nothing of what it had done is made good again yet.",
        "It is started by itself three minutes after the cancel; retry starts it at once.",
    ),
}


def compensation_told(note: CompensationNote, started: Mapping[str, Any] | None) -> dict[str, Any]:
    """As the detail tells it."""
    return {
        "stateMachineArn": note.machine,
        "executionArn": note.started,
        "status": compensation_status(started),
        "error": (started or {}).get("error"),
        "cause": (started or {}).get("cause"),
        "tries": note.tries,
    }
