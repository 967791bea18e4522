"""Why an execution failed: the error that ended it, down to where it began.

The terminal failure counts, not the first: an error that was retried or caught is no cause.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from breakwater.timeline.error_meanings import (
    NOT_STOPPED_BY_ERROR,
    STOPPED_WITH_REASON,
    Meaning,
    meaning_of,
)
from breakwater.timeline.fingerprint import fingerprint
from breakwater.timeline.lambda_error import LambdaError, lambda_error, parsed_object
from breakwater.timeline.payload_text import payload_text
from breakwater.timeline.statuses import ABORTED, TIMED_OUT
from breakwater.timeline.step import Step

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

_DEEPEST = 20  # nested executions in nested executions


class Level(NamedTuple):
    """One execution on the way down to where a failure began."""

    execution_arn: str | None
    """None for the execution itself, whose ARN its history does not tell."""

    state_machine_arn: str | None
    error: str | None
    cause: str | None


class Failure(NamedTuple):
    """Why an execution failed, timed out or was stopped."""

    status: str
    error: str | None
    """At the deepest level."""

    cause: str | None
    step: int | None
    """The number of the step that it came from, in this execution."""

    step_name: str | None
    step_path: str | None
    message: str
    """One sentence, whole: whoever shows it redacts first, then cuts."""

    meaning: Meaning
    lambda_error: LambdaError | None
    levels: tuple[Level, ...]
    """From this execution down to the nested one in which it began."""

    fingerprint: str


def failure_of(timeline: "Timeline") -> Failure | None:
    """The failure that ended the execution; None when nothing did, or not yet."""
    execution = timeline.execution
    if execution.status not in ("FAILED", "TIMED_OUT", "ABORTED"):
        return None
    number = timeline.segments[-1].failed_step
    step = timeline.step(number) if number is not None else None
    error, cause = execution.error, execution.cause
    if execution.status == "TIMED_OUT":
        error = error or "States.Timeout"
    if step is None:
        step = _last_interrupted(timeline.steps)
    levels = _levels(error, cause)
    deepest = levels[-1]
    told = lambda_error(deepest.cause)
    return Failure(
        status=execution.status,
        error=deepest.error,
        cause=deepest.cause,
        step=step.number if step is not None else None,
        step_name=step.name if step is not None else None,
        step_path=step.path if step is not None else None,
        message=_message(execution.status, step, deepest, told),
        meaning=_meaning(execution.status, deepest.error),
        lambda_error=told,
        levels=levels,
        fingerprint=fingerprint(
            deepest.error,
            step.name if step is not None else None,
            # Without the request id and the stack, whose lines move with every release.
            f"{told.error_type}: {told.message}" if told is not None else deepest.cause,
        ),
    )


def _meaning(status: str, error: str | None) -> Meaning:
    if status != "ABORTED":
        return meaning_of(error)
    # What StopExecution was called with is a remark of who called it, and no error.
    return NOT_STOPPED_BY_ERROR if error is None else STOPPED_WITH_REASON


def _last_interrupted(steps: tuple[Step, ...]) -> Step | None:
    """Where it was when it was stopped, or ran out of time: the innermost step that was open."""
    innermost = (step for step in reversed(steps) if not step.lanes)
    return next((step for step in innermost if step.status in (ABORTED, TIMED_OUT)), None)


def _levels(error: str | None, cause: str | None) -> tuple[Level, ...]:
    """Down through `.sync` executions: each one's cause is JSON that tells of the next."""
    levels = [Level(None, None, error, cause)]
    while len(levels) < _DEEPEST:
        told = parsed_object(levels[-1].cause)
        arn = _member(told, "executionArn") if told is not None else None
        if told is None or arn is None:
            break
        levels.append(
            Level(
                execution_arn=arn,
                state_machine_arn=_member(told, "stateMachineArn"),
                error=_member(told, "error") or _by_status(_member(told, "status")),
                cause=_member(told, "cause"),
            )
        )
    return tuple(levels)


def _by_status(status: str | None) -> str | None:
    return "States.Timeout" if status == "TIMED_OUT" else None


def _member(told: Mapping[str, Any], name: str) -> str | None:
    """`.sync` writes `ExecutionArn`, the SDK integration `executionArn`."""
    return payload_text(told.get(name[0].upper() + name[1:], told.get(name)))


def _message(status: str, step: Step | None, deepest: Level, told: LambdaError | None) -> str:
    where = f" in {step.path}" if step is not None else ""
    how = {"FAILED": "Failed", "TIMED_OUT": "Timed out", "ABORTED": "Stopped"}[status]
    error = deepest.error or ""
    text = (told.message if told is not None else deepest.cause) or ""
    why = ": ".join(part for part in (error, " ".join(text.split())) if part)
    return f"{how}{where}{': ' if why else ''}{why}"
