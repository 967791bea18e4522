"""Events of the execution: started, ended, redriven."""

from datetime import datetime
from typing import Any

from breakwater.timeline.bench import Bench, Details, SegmentBuilder, ended_as, wrong_inside
from breakwater.timeline.builders import Place, StepBuilder, step_at, touch
from breakwater.timeline.event_rules import Rule
from breakwater.timeline.payload_text import payload_text
from breakwater.timeline.statuses import ABORTED, FAILED, INTERRUPTED, SUCCEEDED, TIMED_OUT

UNDER_WAY = "RUNNING"


def execution_started(
    bench: Bench, _rule: Rule, _at: Place | None, details: Details
) -> Place | None:
    """`ExecutionStarted`."""
    when = bench.now
    bench.start = bench.segments[0].started = when
    bench.status = UNDER_WAY
    bench.input = payload_text(details.get("input"))
    bench.role_arn = payload_text(details.get("roleArn"))
    bench.version_arn = payload_text(details.get("stateMachineVersionArn"))
    bench.alias_arn = payload_text(details.get("stateMachineAliasArn"))
    return bench.segments[-1].root


def execution_ended(bench: Bench, rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`ExecutionSucceeded`, `…Failed`, `…TimedOut`, `…Aborted`: everything that is open ends."""
    when = bench.now
    segment = bench.segments[-1]
    segment.status = rule.status
    segment.stopped = when
    segment.error = payload_text(details.get("error"))
    segment.cause = payload_text(details.get("cause"))
    bench.status = rule.of
    bench.output = payload_text(details.get("output"))
    bench.over = True
    if rule.status == FAILED:
        segment.failed = _culprit(bench, at, segment)
    bench.interrupted = {}
    _close_everything(bench, when, rule.status)
    return segment.root


def redriven(bench: Bench, _rule: Rule, _at: Place | None, details: Details) -> Place | None:
    """`ExecutionRedriven`: a new segment; ids go on."""
    when = bench.now
    if not bench.over:
        bench.interrupted = {}
        _close_everything(bench, when, ABORTED)
        bench.segments[-1].status = ABORTED
        bench.segments[-1].stopped = when
    count: Any = details.get("redriveCount")
    number = count if count.__class__ is int else bench.segments[-1].number + 1
    bench.segments.append(SegmentBuilder(number, when))
    bench.status = UNDER_WAY
    bench.over = False
    bench.output = None
    return bench.segments[-1].root


def _culprit(bench: Bench, at: Place | None, segment: SegmentBuilder) -> StepBuilder | None:
    """Where the failure came from; what is around it is bound to fail."""
    for place in (at, bench.place):
        step = step_at(place)
        if step is not None and (step.exited is None or step.status in INTERRUPTED):
            break
    else:
        step = _innermost_open(bench)
    if step is None:
        return None
    bench.doom(step, None)
    inner: StepBuilder | None = step
    while inner is not None:
        step = inner
        if inner.culprit is None and inner.rounds is not None:
            inner = wrong_inside(inner)
        else:
            inner = inner.culprit
    own = step.attempts is not None and step.attempts[-1].error is not None
    if step.error is None and step.cause is None and not own:
        step.error, step.cause = segment.error, segment.cause
    touch(step)
    return step


def _innermost_open(bench: Bench) -> StepBuilder | None:
    step = bench.segments[-1].root.current
    while step is not None and step.rounds is not None and step.rounds[-1].open:
        inner = next(reversed(step.rounds[-1].open)).current
        if inner is None:
            break
        step = inner
    if step is None:
        step = next((one for named in bench.open.values() for one in named), None)
    return step


def _close_everything(bench: Bench, when: datetime, status: str) -> None:
    """Steps still open: failed where something failed in them, else aborted or timed out."""
    fallback = TIMED_OUT if status == TIMED_OUT else ABORTED
    roots = [segment.root for segment in bench.segments]
    for root in roots:
        while root.current is not None:
            step = root.current
            if step.rounds is not None:
                for scope in list(step.rounds[-1].open):
                    _remember(bench, scope.current)
                    bench.close_scope(
                        scope,
                        when,
                        SUCCEEDED if status == SUCCEEDED else ended_as(scope, fallback),
                        fallback,
                    )
            bench.interrupted[step] = None
            bench.interrupt(step, when, fallback)
    last = bench.segments[-1].failed
    if last is not None:
        bench.interrupted[last] = None


def _remember(bench: Bench, step: StepBuilder | None) -> None:
    """What a redrive may take up again: the innermost open steps."""
    waiting = [step]
    while waiting:
        one = waiting.pop()
        if one is None:
            continue
        inner = [scope.current for scope in one.rounds[-1].open] if one.rounds else []
        if any(step is not None for step in inner):
            waiting.extend(inner)
        else:
            bench.interrupted[one] = None
