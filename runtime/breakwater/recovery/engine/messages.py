"""What people are told of a run, written for somebody who was woken for it. Pure.

The first line says what happened; then since when, what to do next, and where to look. A message
never carries a task token, whatever an event's text holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from breakwater.platform.plain_text import SUBJECT_LENGTH, ascii_line, printable, shortened
from breakwater.recovery.engine.event import Event, EventKind
from breakwater.recovery.engine.next_steps import next_steps, objective_told
from breakwater.recovery.engine.run import Run
from breakwater.recovery.told_time import told_moment, told_seconds

_NAME_LENGTH = 30
_WORDS = {
    EventKind.STARTED: "started",
    EventKind.WAVE_FAILED: "wave FAILED",
    EventKind.RTO_AT_RISK: "recovery time at risk",
    EventKind.RTO_MISSED: "recovery time MISSED",
    EventKind.PAUSED: "PAUSED, a person must decide",
    EventKind.WAITING_TOO_LONG: "STILL PAUSED, a person must decide",
    EventKind.RESUMED: "resumed",
    EventKind.COMPLETED: "completed",
    EventKind.FAILED: "FAILED",
    EventKind.TIMED_OUT: "TIMED OUT",
    EventKind.CANCELLED: "cancelled",
    EventKind.CLEANED_UP: "cleaned up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, as SNS takes it."""

    subject: str
    body: str


def message_of(
    event: Event, run: Run, link: str | None, *, environment: str | None = None
) -> Message | None:
    """What to tell people of this event; None where they are not to be disturbed."""
    if event.kind not in _WORDS:
        return None
    body = "\n".join(_lines(event, run, link, environment))
    return Message(
        subject=_subject(event, run, environment),
        body=printable(_without_token(body, run)),
    )


def _subject(event: Event, run: Run, environment: str | None) -> str:
    what = _what(event, run)
    if event.wave and event.kind is EventKind.WAVE_FAILED:
        what = f"wave {shortened(ascii_line(_without_token(event.wave, run)), _NAME_LENGTH)} FAILED"
    kind = f"{_kind(run)} {ascii_line(environment)}" if environment else _kind(run)
    before, after = f"[{shortened(kind, _NAME_LENGTH)}] ", f": {what}"
    room = SUBJECT_LENGTH - len(before) - len(after)
    return before + shortened(ascii_line(_without_token(run.plan_name, run)), room) + after


def _what(event: Event, run: Run) -> str:
    ends = (EventKind.CANCELLED, EventKind.CLEANED_UP)
    if event.kind in ends and run.cleanup_incomplete:
        return f"{_WORDS[event.kind]}, CLEANUP INCOMPLETE"
    return _WORDS[event.kind]


def _kind(run: Run) -> str:
    return "Drill" if run.is_drill else "REAL RECOVERY"


def _lines(event: Event, run: Run, link: str | None, environment: str | None) -> Iterator[str]:
    yield f"{_kind(run)} of plan {run.plan_name}: {_what(event, run)}."
    yield ""
    yield event.text
    if run.cause and run.cause not in event.text:
        yield f"Cause: {run.cause}"
    yield ""
    yield "What to do next"
    for number, step in enumerate(next_steps(event, run), start=1):
        yield f"  {number}. {step}"
    yield ""
    yield (
        f"Open the run: {link}" if link else f"Look at the run: GET /executions/{run.execution_id}"
    )
    yield ""
    for name, value in _facts(event, run, environment):
        yield f"{name:<17}{value}"


def _facts(event: Event, run: Run, environment: str | None) -> Iterator[tuple[str, str]]:
    after = told_seconds((event.at - run.started_at).total_seconds())
    yield "Happened", f"{told_moment(event.at)}, {after} after the start"
    yield "Started", f"{told_moment(run.started_at)} by {run.requested_by}"
    if run.reason:
        yield "Reason", run.reason
    if run.paused_since:
        waited = told_seconds((event.at - run.paused_since).total_seconds())
        yield "Paused since", f"{told_moment(run.paused_since)} ({waited})"
    objective = objective_told(event, run)
    if objective:
        yield "Time objective", objective
    counts = f"{run.servers_launched} of {run.servers} launched, {run.servers_failed} failed"
    yield "Servers", counts
    yield "Waves", f"{run.waves_ended} of {run.waves} ended"
    for one in run.attention:
        yield "Attention", one
    if run.time_scale != 1:
        yield "Clock", f"this run's minutes pass {run.time_scale} times faster than the wall clock"
    if environment:
        yield "Environment", environment
    yield "Execution", run.execution_id
    yield "Plan", run.plan_id


def _without_token(text: str, run: Run) -> str:
    for token in run.tokens:
        text = text.replace(token, "(removed)")
    return text
