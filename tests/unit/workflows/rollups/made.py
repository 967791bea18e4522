"""Rows of ended executions, and histories, for the tests beside this file."""

from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater.index.row import Row
from breakwater.platform.clock import iso
from breakwater.timeline import Timeline, reconstruct
from breakwater.workflows.rollups.contribution import Contribution, History, facts_of
from breakwater.workflows.rollups.steps_told import with_timeline
from tests.unit.timeline.written import events, failed, named

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
ACCOUNT = "arn:aws:states:eu-west-1:111122223333"
CALL = {"resource": "invoke", "resourceType": "lambda"}


def ended(name: str = "one", machine: str = "orders", seconds: float = 60.0, **more: Any) -> Row:
    """The row of an execution that ended a minute ago, well unless told otherwise."""
    stopped = more.pop("stopped", NOW - timedelta(minutes=1))
    started = stopped - timedelta(seconds=seconds)
    return Row(
        **{
            "execution_arn": f"{ACCOUNT}:execution:{machine}:{name}",
            "execution_name": name,
            "state_machine_arn": f"{ACCOUNT}:stateMachine:{machine}",
            "agent_name": f"{machine}-agent",
            "status": "SUCCEEDED",
            "start_date": iso(started),
            "stop_date": iso(stopped),
            "duration_seconds": seconds,
            "account": "111122223333",
            "region": "eu-west-1",
            "revision": 2,
            **more,
        }
    )


def went_well(retries: int = 0) -> Timeline:
    """Prepare, then Charge with so many retries, then Done; every event takes a second."""
    lines: list[tuple[Any, ...]] = [
        ("ExecutionStarted", 0, {"input": "{}"}),
        ("PassStateEntered", 0, named("Prepare")),
        ("PassStateExited", 2, named("Prepare")),
        ("TaskStateEntered", 3, named("Charge")),
    ]
    for _ in range(retries):
        last = len(lines)
        lines += [
            ("TaskScheduled", last, CALL),
            ("TaskStarted", last + 1, CALL),
            ("TaskFailed", last + 2, {**CALL, **failed()}),
        ]
    last = len(lines)
    lines += [
        ("TaskScheduled", last, CALL),
        ("TaskStarted", last + 1, CALL),
        ("TaskSucceeded", last + 2, CALL),
        ("TaskStateExited", last + 3, named("Charge")),
        ("SucceedStateEntered", last + 4, named("Done")),
        ("SucceedStateExited", last + 5, named("Done")),
        ("ExecutionSucceeded", last + 6, {"output": "1"}),
    ]
    return reconstruct(events(*lines))


BROKE_LINES: tuple[tuple[Any, ...], ...] = (
    ("ExecutionStarted", 0, {"input": "{}"}),
    ("PassStateEntered", 0, named("Prepare")),
    ("PassStateExited", 2, named("Prepare")),
    ("TaskStateEntered", 3, named("Charge")),
    ("TaskScheduled", 4, CALL),
    ("TaskStarted", 5, CALL),
    ("TaskFailed", 6, {**CALL, **failed()}),
    ("ExecutionFailed", 7, failed()),
)


def broke() -> Timeline:
    """Prepare, then Charge fails."""
    return reconstruct(events(*BROKE_LINES))


def redriven(*, entered_again: bool) -> Timeline:
    """The same, and then redriven to a good end."""
    again: tuple[tuple[Any, ...], ...] = (
        ("ExecutionRedriven", 8, {"redriveCount": 1}),
        *([("TaskStateEntered", 9, named("Charge"))] if entered_again else []),
        ("TaskScheduled", 10 if entered_again else 7, CALL),
    )
    first = len(BROKE_LINES) + len(again)
    return reconstruct(
        events(
            *BROKE_LINES,
            *again,
            ("TaskStarted", first, CALL),
            ("TaskSucceeded", first + 1, CALL),
            ("TaskStateExited", first + 2, named("Charge")),
            ("ExecutionSucceeded", first + 3, {"output": "1"}),
        )
    )


def contribution(row: Row, timeline: Timeline | History | None = None) -> Contribution:
    """What a row and its history add up to."""
    facts = facts_of(row)
    return with_timeline(facts, timeline) if isinstance(timeline, Timeline) else facts


FAILED: dict[str, Any] = {"status": "FAILED", "error": "Broken", "cause": "it broke"}
