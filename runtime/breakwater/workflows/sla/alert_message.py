"""What people are told of a workflow that takes too long, for somebody who was woken for it. Pure.

Names, times, what to do next and where to look: no payload, no cause, no token.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from breakwater.index import watch
from breakwater.index.row import Row
from breakwater.platform.plain_text import SUBJECT_LENGTH, ascii_line, printable, shortened
from breakwater.recovery.told_time import told_moment, told_seconds
from breakwater.timeline.redaction import Redaction
from breakwater.workflows.sla import marking
from breakwater.workflows.sla.alert import AlertKind
from breakwater.workflows.workflow_id import EngineName, WorkflowId

_NAME_LENGTH = 30
_TYPE_LENGTH = 256
_REDACTION = Redaction()
_SUBJECTS = {
    AlertKind.AT_RISK: "target at risk",
    AlertKind.BREACHED: "target MISSED",
    AlertKind.SLOW_STATE: "a state is slow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """One message, as SNS takes it."""

    kind: AlertKind
    alert_id: str
    """The same whenever the same alert is told."""

    workflow_id: str
    type: str
    subject: str
    body: str


def alert_message(
    row: Row,
    kind: AlertKind,
    now: datetime,
    *,
    link: Callable[[str], str | None],
    environment: str,
) -> AlertMessage:
    """What to tell of this row.

    :param link: the page of a workflow, by its id; None while there is no portal.
    """
    workflow = workflow_id(row)
    lines = "\n".join(_lines(row, kind, now, link(workflow), environment))
    before = f"[Workflow {shortened(ascii_line(environment), _NAME_LENGTH)}] "
    after = f": {_SUBJECTS[kind]}"
    name = ascii_line(_clean(f"{row.agent_name} {row.execution_name}"))
    return AlertMessage(
        kind=kind,
        alert_id=marking.alert_id(row, kind),
        workflow_id=workflow,
        type=shortened(" ".join(printable(row.agent_name).split()) or "?", _TYPE_LENGTH),
        subject=before + shortened(name, SUBJECT_LENGTH - len(before) - len(after)) + after,
        body=printable(lines),
    )


def workflow_id(row: Row) -> str:
    """What the API calls it."""
    if not row.execution_arn.startswith("arn:"):
        return row.execution_arn  # a custom workflow's key is its id
    return str(WorkflowId(EngineName.STEP_FUNCTIONS, row.execution_arn))


def _lines(
    row: Row, kind: AlertKind, now: datetime, link: str | None, environment: str
) -> Iterator[str]:
    yield _clean(f"{row.agent_name}, execution {row.execution_name}: {_what(row, kind, now)}")
    yield ""
    yield "What to do next"
    for number, step in enumerate(_next_steps(row, kind), start=1):
        yield f"  {number}. {step}"
    yield ""
    yield (
        f"Open the workflow: {link}"
        if link
        else f"Look at the workflow: GET /workflows/{workflow_id(row)}"
    )
    yield ""
    for name, value in _facts(row, now, environment):
        yield f"{name:<17}{_clean(value)}"


def _what(row: Row, kind: AlertKind, now: datetime) -> str:
    if not row.is_open and kind is not AlertKind.BREACHED:  # whoever claimed it died before telling
        why = "came near its target" if kind is AlertKind.AT_RISK else "hung in a state"
        return f"it {why}, and has ended since ({row.status})."
    if kind is AlertKind.SLOW_STATE:
        state = marking.slow_state(row)
        since = told_seconds((now - state.since).total_seconds()) if state else "too long"
        name = state.name if state else "?"
        return f"it has been in the state {name} for {since}, longer than 19 of 20 visits take."
    target = told_seconds(row.sla_target_seconds or 0)
    if kind is AlertKind.AT_RISK:
        return f"it has used 90 % of its target of {target}, and still runs."
    if row.is_open:
        return f"it is beyond its target of {target}, and still runs."
    return f"it ended ({row.status}) beyond its target of {target}."


def _next_steps(row: Row, kind: AlertKind) -> Iterator[str]:
    if not row.is_open:
        late = watch.ended_late(row)
        told = "Tell whoever waits for its result that it was late." if late else ""
        yield f"Nothing runs any more. {told}".strip()
        return
    yield "See which step it is in, and whether that step still makes progress."
    if kind is AlertKind.SLOW_STATE:
        yield "If what it calls hangs, mend that first: the step goes on, or is tried again."
    else:
        yield "Tell whoever waits for its result that it may be late. It goes on by itself."
    yield "Cancel it only if its result is of no use any more."


def _facts(row: Row, now: datetime, environment: str) -> Iterator[tuple[str, str]]:
    started = datetime.fromisoformat(row.start_date)
    yield "Started", told_moment(started)
    if row.redrive_date:
        yield "Redriven", told_moment(datetime.fromisoformat(row.redrive_date))
    if row.stop_date:
        yield "Ended", told_moment(datetime.fromisoformat(row.stop_date))
    took = timedelta(seconds=row.duration_seconds) if row.duration_seconds else now - started
    yield "Takes", told_seconds(took.total_seconds())
    due = watch.at_share(row, 1.0)
    if row.sla_target_seconds and due:
        yield "Target", f"{told_seconds(row.sla_target_seconds)}, by {told_moment(due)}"
    if row.priority:
        yield "Priority", row.priority
    if row.triggered_by:
        yield "Triggered by", row.triggered_by
    yield "Environment", environment
    yield "Workflow", workflow_id(row)
    yield "Execution", row.execution_arn


def _clean(text: str) -> str:
    return _REDACTION.text(" ".join(text.split())) or ""
