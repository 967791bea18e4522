"""Events of attempts: a Task scheduled, started, submitted, and how it ended."""

from itertools import islice

from breakwater.timeline.bench import LOOKED_AT, Bench, Details
from breakwater.timeline.builders import AttemptBuilder, Place, StepBuilder, step_at, touch
from breakwater.timeline.event_rules import Rule
from breakwater.timeline.payload_text import payload_text
from breakwater.timeline.statuses import INTERRUPTED, SUCCEEDED, UNKNOWN

_STARTS_EXECUTION = "startExecution"


def scheduled(bench: Bench, _rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`…Scheduled`: a new attempt; a retry comes without the state being entered again."""
    when = bench.now
    step = _task(bench, at, details)
    if step is None:
        return None
    segment = len(bench.segments) - 1
    attempts = step.attempts
    if attempts is None:
        attempts = step.attempts = []
        number = 1
    else:
        last = attempts[-1]
        if last.ended is None:
            last.ended, last.status = when, UNKNOWN
        number = last.number + 1 if last.segment == segment else 1
        step.error = step.cause = None
        step.doomed = False
    attempts.append(AttemptBuilder(number, segment, when, details))
    if step.view is not None:
        touch(step)
    return step


def started(bench: Bench, _rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`…Started`: a worker, or the service, has it."""
    when = bench.now
    step = _trying(bench, at)
    if step is None:
        return None
    assert step.attempts is not None
    attempt = step.attempts[-1]
    if attempt.started is not None or attempt.submitted is not None:
        return None
    attempt.started = when
    worker = details.get("workerName")
    if worker is not None:
        attempt.worker = payload_text(worker)
    if step.view is not None:
        touch(step)
    return step


def submitted(bench: Bench, _rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`TaskSubmitted`: the service has accepted it, and is waited for."""
    when = bench.now
    step = _trying(bench, at)
    if step is None:
        return None
    assert step.attempts is not None
    attempt = step.attempts[-1]
    if attempt.submitted is not None:
        return None
    attempt.submitted = when
    if starts_execution(attempt):
        attempt.child = payload_text(details.get("output"))
    if step.view is not None:
        touch(step)
    return step


def ended(bench: Bench, rule: Rule, at: Place | None, details: Details) -> Place | None:
    """`…Succeeded`, `…Failed`, `…TimedOut` and the failures to schedule, start or submit."""
    when = bench.now
    step = _trying(bench, at)
    if step is None:
        return None
    assert step.attempts is not None
    attempt = step.attempts[-1]
    attempt.ended = when
    attempt.status = rule.status
    if rule.status != SUCCEEDED:
        attempt.error = payload_text(details.get("error"))
        attempt.cause = payload_text(details.get("cause"))
    if attempt.child is None and starts_execution(attempt):
        attempt.child = payload_text(details.get("output")) or attempt.cause
    if step.view is not None:
        touch(step)
    return step


def starts_execution(attempt: AttemptBuilder) -> bool:
    """Does it start another execution?"""
    resource = attempt.details.get("resource")
    return resource.__class__ is str and resource.startswith(_STARTS_EXECUTION)


def _task(bench: Bench, at: Place | None, details: Details) -> StepBuilder | None:
    """The step that an attempt belongs to."""
    if at.__class__ is StepBuilder and at.exited is None and at.rounds is None:
        return at
    step = at if at.__class__ is StepBuilder else None
    if step is not None and bench.resumed and step.status in INTERRUPTED:
        bench.reopen(step)
        return step
    last = step_at(bench.place)
    if last is not None and last.exited is None and last.rounds is None:
        return last
    return _interrupted(bench, details) or _waiting(bench)


def _interrupted(bench: Bench, details: Details) -> StepBuilder | None:
    """After a redrive whose link leads to no step: what was interrupted, of the same resource."""
    if not bench.resumed:
        return None
    for step in list(islice(bench.interrupted, LOOKED_AT)):
        if step.attempts is not None and step.status in INTERRUPTED:
            known = step.attempts[-1].details
            if all(known.get(key) == details.get(key) for key in ("resource", "resourceType")):
                bench.reopen(step)
                return step
    return None


def _waiting(bench: Bench) -> StepBuilder | None:
    """An open Task that was not tried yet: the one that was entered first."""
    looked_at = 0
    for named in bench.open.values():
        looked_at += 1
        for step in named:
            if step.type == "Task" and step.attempts is None:
                return step
            looked_at += 1
            if looked_at > LOOKED_AT:
                return None
        if looked_at > LOOKED_AT:
            return None
    return None


def _trying(bench: Bench, at: Place | None) -> StepBuilder | None:
    """The step whose attempt is under way."""
    for place in (at, bench.place):
        step = place if place.__class__ is StepBuilder else None
        if step is not None and step.attempts is not None and step.attempts[-1].ended is None:
            return step
    return None
