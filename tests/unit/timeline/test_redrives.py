"""Redrives. Written by hand, not recorded: no emulator redrives, and what AWS appends was not seen.

Two forms are possible after ExecutionRedriven: the failed state is entered again, or it is just
scheduled again. Both are understood, whatever they hang off.
"""

from typing import Any

import pytest

from breakwater.timeline import Timeline, reconstruct
from tests.unit.timeline import promises
from tests.unit.timeline.written import Events, events, failed, named

LINE: tuple[Any, ...] = ("ExecutionStarted", 0, {"input": "{}"})
CALL = {"resource": "invoke", "resourceType": "lambda"}
ORIGINAL = (
    LINE,
    ("PassStateEntered", 0, named("Before")),
    ("PassStateExited", 2, named("Before")),
    ("TaskStateEntered", 3, named("Work")),
    ("TaskScheduled", 4, CALL),
    ("TaskStarted", 5, CALL),
    ("TaskFailed", 6, {**CALL, **failed()}),
    ("ExecutionFailed", 7, failed()),
)


def ending(first: int) -> tuple[Any, ...]:
    """From a new attempt to the end; the attempt's event has this number."""
    return (
        ("TaskStarted", first, CALL),
        ("TaskSucceeded", first + 1, {**CALL, "output": "1"}),
        ("TaskStateExited", first + 2, named("Work", output="1")),
        ("SucceedStateEntered", first + 3, named("Done")),
        ("SucceedStateExited", first + 4, named("Done")),
        ("ExecutionSucceeded", first + 5, {"output": "1"}),
    )


@pytest.mark.parametrize("link", [9, 7, 0, None])
def test_the_state_is_entered_again(link: int | None) -> None:
    history = events(
        *ORIGINAL,
        ("ExecutionRedriven", 8, {"redriveCount": 1}),
        ("TaskStateEntered", link, named("Work")),
        ("TaskScheduled", 10, CALL),
        *ending(11),
    )
    timeline = kept(history)
    original, redrive = timeline.segments
    assert [(step.name, step.status) for step in original.steps] == [
        ("Before", "succeeded"),
        ("Work", "failed"),
    ]
    assert [(step.name, step.occurrence, step.status) for step in redrive.steps] == [
        ("Work", 2, "succeeded"),
        ("Done", 1, "succeeded"),
    ]
    assert [attempt.number for attempt in redrive.steps[0].attempts] == [1]


@pytest.mark.parametrize("link", [7, 4, 9, 0, None])
def test_the_state_is_just_scheduled_again(link: int | None) -> None:
    history = events(
        *ORIGINAL,
        ("ExecutionRedriven", 8, {"redriveCount": 1}),
        ("TaskScheduled", link, CALL),
        *ending(10),
    )
    timeline = kept(history)
    original, redrive = timeline.segments
    assert [(step.name, step.status) for step in original.steps] == [
        ("Before", "succeeded"),
        ("Work", "succeeded"),
    ]
    assert [
        (attempt.segment, attempt.number, attempt.status) for attempt in original.steps[1].attempts
    ] == [(0, 1, "failed"), (1, 1, "succeeded")]
    assert original.steps[1].attempts[1].backoff is None
    assert [step.name for step in redrive.steps] == ["Done"]


def test_segments_tell_how_each_ended() -> None:
    history = events(*ORIGINAL, ("ExecutionRedriven", 8, {"redriveCount": 1}))
    timeline = kept(history)
    assert [segment.status for segment in timeline.segments] == ["failed", "running"]
    assert timeline.segments[0].error == "Broken"
    assert (timeline.execution.status, timeline.execution.redrives) == ("RUNNING", 1)
    assert timeline.execution.stop is None
    assert timeline.failure is None


@pytest.mark.parametrize("entered_again", [True, False])
def test_only_what_failed_in_a_map_runs_again_and_stays_where_it_was(entered_again: bool) -> None:
    history = events(
        LINE,
        ("MapStateEntered", 0, named("Each")),
        ("MapStateStarted", 2, {"length": 2}),
        ("MapIterationStarted", 3, named("Each", index=0)),
        ("MapIterationStarted", 3, named("Each", index=1)),
        ("TaskStateEntered", 4, named("Item")),
        ("TaskScheduled", 6, CALL),
        ("TaskStateEntered", 5, named("Item")),
        ("TaskScheduled", 8, CALL),
        ("TaskSucceeded", 7, CALL),
        ("TaskStateExited", 10, named("Item")),
        ("MapIterationSucceeded", 11, named("Each", index=0)),
        ("TaskFailed", 9, {**CALL, **failed()}),
        ("MapIterationFailed", 13, named("Each", index=1)),
        ("MapStateFailed", 13),
        ("ExecutionFailed", 15, failed()),
        ("ExecutionRedriven", 16, {"redriveCount": 1}),
        ("TaskStateEntered", 5, named("Item")) if entered_again else ("TaskScheduled", 13, CALL),
        ("TaskScheduled", 18, CALL) if entered_again else ("TaskStarted", 18, CALL),
        ("TaskSucceeded", 19, CALL),
        ("TaskStateExited", 20, named("Item")),
        ("MapIterationSucceeded", 21, named("Each", index=1)),
        ("MapStateSucceeded", 22),
        ("MapStateExited", 22, named("Each")),
        ("SucceedStateEntered", 24, named("Done")),
        ("SucceedStateExited", 25, named("Done")),
        ("ExecutionSucceeded", 26),
    )
    timeline = kept(history)
    [mapped] = timeline.segments[0].steps
    assert mapped.status == "succeeded"
    assert [lane.status for lane in mapped.iterations] == ["succeeded", "succeeded"]
    assert mapped.counts is not None
    assert (mapped.counts.succeeded, mapped.counts.failed) == (2, 0)
    assert [step.segment for step in mapped.iterations[1].steps] == (
        [0, 1] if entered_again else [0]
    )
    assert [step.name for step in timeline.segments[1].steps] == ["Done"]


def test_a_stopped_wait_goes_on() -> None:
    history = events(
        LINE,
        ("WaitStateEntered", 0, named("Wait")),
        ("ExecutionAborted", 0),
        ("ExecutionRedriven", 3, {"redriveCount": 1}),
        ("WaitStateEntered", 0, named("Wait")),
        ("WaitStateExited", 5, named("Wait")),
        ("ExecutionSucceeded", 6),
    )
    timeline = kept(history)
    assert [(step.segment, step.status) for step in timeline.steps] == [
        (0, "aborted"),
        (1, "succeeded"),
    ]


def kept(history: Events) -> Timeline:
    timeline = reconstruct(history)
    assert timeline.unplaced == ()
    promises.check_all(timeline, history)
    promises.step_by_step_equals_at_once(history)
    return timeline
