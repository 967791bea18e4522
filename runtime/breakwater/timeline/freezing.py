"""From what still changes to what never does. Only what changed since last time is made anew."""

import re

from breakwater.timeline.bench import Bench, SegmentBuilder
from breakwater.timeline.builders import AttemptBuilder, Round, Scope, StepBuilder
from breakwater.timeline.canonical import whole_number
from breakwater.timeline.definition import Definition
from breakwater.timeline.moments import seconds
from breakwater.timeline.payload_text import payload_text
from breakwater.timeline.statuses import ABORTED, FAILED, RUNNING, SUCCEEDED, TIMED_OUT
from breakwater.timeline.step import Attempt, Counts, Execution, Lane, Segment, Step

_CALLBACK = ".waitForTaskToken"
_EXECUTION_ARN = re.compile(r'"executionArn\\?"\s*:\s*\\?"(arn:[^"\\]+)', re.IGNORECASE)


def execution_of(bench: Bench) -> Execution:
    """The execution as a whole."""
    last = bench.segments[-1]
    status = bench.status
    if status == "UNKNOWN" and bench.steps:
        status = RUNNING.upper()  # its beginning is missing, and so is its end
    return Execution(
        status=status,
        start=bench.start,
        stop=last.stopped,
        input=bench.input,
        output=bench.output,
        error=last.error,
        cause=last.cause,
        role_arn=bench.role_arn,
        state_machine_version_arn=bench.version_arn,
        state_machine_alias_arn=bench.alias_arn,
        redrives=len(bench.segments) - 1,
    )


def segment_of(segment: SegmentBuilder, definition: Definition | None) -> Segment:
    """A segment with all its steps."""
    return Segment(
        number=segment.number,
        status=segment.status,
        started=segment.started,
        stopped=segment.stopped,
        error=segment.error,
        cause=segment.cause,
        failed_step=segment.failed.number if segment.failed is not None else None,
        steps=_steps(segment.root, definition),
    )


def _steps(scope: Scope, definition: Definition | None) -> tuple[Step, ...]:
    return tuple([step.view or freeze_step(step, definition) for step in scope.steps])


def freeze_step(step: StepBuilder, definition: Definition | None) -> Step:
    """A step as it is now. Best called when it ends: all that it is made of is at hand then."""
    attempts = _attempts(step, definition) if step.attempts is not None else ()
    error, cause = step.error, step.cause
    if error is None and cause is None and attempts and step.status != SUCCEEDED:
        error, cause = attempts[-1].error, attempts[-1].cause
    lanes = _lanes(step.lanes, definition) if step.lanes is not None else ()
    branching = step.type == "Map"
    step.view = Step._make(
        (
            step.number,
            step.name,
            step.type,
            step.path,
            step.occurrence,
            step.segment,
            step.status,
            step.entered,
            step.exited,
            step.input,
            step.output,
            error,
            cause,
            attempts,
            len(step.rounds) if step.rounds is not None else 0,
            _counts(step.rounds[-1]) if step.rounds else None,
            () if branching else lanes,
            lanes if branching else (),
            step.map_run_arn,
            step.entered_event,
            step.exited_event,
        )
    )
    return step.view


def _lanes(scopes: list[Scope], definition: Definition | None) -> tuple[Lane, ...]:
    return tuple([scope.view or _lane(scope, definition) for scope in scopes])


def _lane(scope: Scope, definition: Definition | None) -> Lane:
    scope.view = Lane._make(
        (
            scope.index,
            scope.round.number if scope.round is not None else 1,
            scope.status,
            scope.started,
            scope.ended,
            _steps(scope, definition),
        )
    )
    return scope.view


def _counts(newest: Round) -> Counts:
    tally, started = newest.tally, len(newest.by_index)
    return Counts(
        total=max(newest.length or 0, started),
        started=started,
        running=len(newest.open),
        succeeded=tally.get(SUCCEEDED, 0),
        failed=tally.get(FAILED, 0),
        aborted=tally.get(ABORTED, 0) + tally.get(TIMED_OUT, 0),
    )


def _attempts(step: StepBuilder, definition: Definition | None) -> tuple[Attempt, ...]:
    """The last one may still change; those before it are made once."""
    builders = step.attempts
    assert builders is not None
    last = len(builders) - 1
    if last == 0:
        return (_attempt(step, 0, definition),)
    before = step.attempts_before
    if before is None:
        before = step.attempts_before = []
    while len(before) < last:
        before.append(_attempt(step, len(before), definition))
    return (*before, _attempt(step, last, definition))


def _attempt(step: StepBuilder, position: int, definition: Definition | None) -> Attempt:
    assert step.attempts is not None
    attempt = step.attempts[position]
    before = step.attempts[position - 1] if position and attempt.number > 1 else None
    details = attempt.details
    resource = details.get("resource")
    if resource.__class__ is not str:
        resource = payload_text(resource)
    parameters = details.get("parameters", details.get("input"))
    policy = None
    if definition is not None:
        policy = definition.policy(step.name, before.error if before is not None else attempt.error)
    return Attempt._make(
        (
            attempt.number,
            attempt.segment,
            attempt.status,
            resource,
            payload_text(details.get("resourceType")),
            attempt.scheduled,
            attempt.started,
            attempt.submitted,
            attempt.ended,
            attempt.error,
            attempt.cause,
            seconds(before.ended, attempt.scheduled) if before is not None else None,
            resource is not None and _CALLBACK in resource,
            whole_number(details.get("timeoutInSeconds")),
            whole_number(details.get("heartbeatInSeconds")),
            attempt.worker,
            _child(attempt),
            parameters if parameters.__class__ is str else payload_text(parameters),
            policy,
        )
    )


def _child(attempt: AttemptBuilder) -> str | None:
    """The ARN of the execution that it started."""
    if attempt.child is None:
        return None
    found = _EXECUTION_ARN.search(attempt.child)
    return found[1] if found is not None else None
