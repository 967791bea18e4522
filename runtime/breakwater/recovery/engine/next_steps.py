"""What whoever reads a message is to do next, by what happened. Pure."""

from collections.abc import Callable
from datetime import datetime

from breakwater.recovery.engine.event import Event, EventKind
from breakwater.recovery.engine.run import Run
from breakwater.recovery.recovery_plan import OnFailure
from breakwater.recovery.told_time import told_moment, told_seconds

NOTHING = "Nothing."
_MORE_COMES = (
    "Nothing. Another message comes when a wave fails, when a person is needed and at the end."
)
_STILL_THERE = "Instances of this drill are still there and cost money: read in the run why."
_TAKEN_OVER = "Waves that completed are taken over; only servers that did not launch are started."


def next_steps(event: Event, run: Run) -> tuple[str, ...]:
    """In the order in which to do them; never empty, so that nobody wonders."""
    decide = _BY_KIND.get(event.kind)
    return decide(event, run) if decide else (NOTHING,)


def _wave_failed(_: Event, run: Run) -> tuple[str, ...]:
    meaning = (
        "Nothing new starts. Waves that are under way are watched to their end; then the run is "
        "FAILED."
        if run.on_failure is OnFailure.STOP
        else "What depends on this wave is skipped. The other waves go on; then the run is FAILED."
    )
    return (
        "Read the cause of each server that did not launch, and mend it.",
        f"{meaning} You need not stop it.",
        f"When it has ended, retry it: {_post(run, 'retry')}. {_TAKEN_OVER}",
    )


def _at_risk(_: Event, run: Run) -> tuple[str, ...]:
    reached = _objective(run)
    by = f" The objective is reached at {told_moment(reached)}." if reached else ""
    waits = (
        f"The run waits for a person. Decide first: {_post(run, 'resume')}."
        if run.paused_since
        else "See in the run which wave takes the time, and whether one waits for a person."
    )
    return (
        waits,
        f"Tell whoever answers for the service that it may be late.{by} The run goes on.",
    )


def _missed(_: Event, run: Run) -> tuple[str, ...]:
    waits = (
        f"The run waits for a person. Decide first: {_post(run, 'resume')}."
        if run.paused_since
        else "See in the run which wave takes the time. It goes on; do not start a second one."
    )
    return (
        waits,
        "Tell whoever answers for the service that it is late, and what is still to come.",
    )


def _waiting(_: Event, run: Run) -> tuple[str, ...]:
    deadline = run.pause_deadline()
    by = (
        f" If nobody decides by {told_moment(deadline)}, the run ends as TIMED_OUT."
        if deadline
        else ""
    )
    return (
        "Check what was launched so far.",
        f"Go on: {_post(run, 'resume')}. Or stop: {_post(run, 'cancel')}.{by}",
    )


def _completed(_: Event, run: Run) -> tuple[str, ...]:
    if run.is_drill:
        steps = [
            "Test what was launched.",
            f"Then clean up: {_post(run, 'cleanup')}. Until then the drill's instances cost money.",
        ]
        if run.retry_of is not None:
            steps.append(
                f"What was taken over belongs to the run {run.retry_of}: clean that up, too."
            )
        return tuple(steps)
    return (
        "Check the services on the recovered servers.",
        "Then move the traffic to them. Breakwater changes no DNS and no routing.",
    )


def _not_recovered(_: Event, run: Run) -> tuple[str, ...]:
    steps = [
        "Read the cause of each server that did not launch, and mend it.",
        f"Retry: {_post(run, 'retry')}. {_TAKEN_OVER}",
    ]
    if run.is_drill and run.servers_launched:
        steps.append(f"Or give it up and clean up: {_post(run, 'cleanup')}.")
    elif run.servers_launched:
        steps.append("What was launched keeps running.")
    return tuple(steps)


def _after_cancelling(event: Event, run: Run) -> tuple[str, ...]:
    if run.cleanup_incomplete:
        return (
            _STILL_THERE,
            f"Mend the cause, then clean up again: {_post(run, 'cleanup')}.",
        )
    cleaned = event.kind is EventKind.CLEANED_UP or (
        run.cancel_requested is not None and run.cancel_requested.cleanup
    )
    if cleaned or not run.servers_launched:
        return (NOTHING,)
    if run.is_drill:
        return (
            f"What was launched keeps running and costs money. Clean up: {_post(run, 'cleanup')}.",
        )
    return (
        "What was launched keeps running. Decide whether the service runs there, or end it in DRS.",
    )


def objective_told(event: Event, run: Run) -> str | None:
    """`1 h, reached at ...: 12 min left`; None: the plan has none."""
    reached = _objective(run)
    if reached is None or run.rto_minutes is None:
        return None
    left = (reached - event.at).total_seconds()
    if left < 0:
        how = f"missed by {told_seconds(-left)}"
    elif event.kind is EventKind.COMPLETED:
        how = f"met, {told_seconds(left)} to spare"
    else:
        how = f"{told_seconds(left)} left"
    return f"{told_seconds(run.rto_minutes * 60)}, reached at {told_moment(reached)}: {how}"


def _objective(run: Run) -> datetime | None:
    return None if run.rto_minutes is None else run.started_at + run.real(run.rto_minutes)


def _post(run: Run, action: str) -> str:
    return f"POST /executions/{run.execution_id}/{action}"


def _more_comes(_: Event, __: Run) -> tuple[str, ...]:
    return (_MORE_COMES,)


_BY_KIND: dict[EventKind, Callable[[Event, Run], tuple[str, ...]]] = {
    EventKind.STARTED: _more_comes,
    EventKind.RESUMED: _more_comes,
    EventKind.WAVE_FAILED: _wave_failed,
    EventKind.RTO_AT_RISK: _at_risk,
    EventKind.RTO_MISSED: _missed,
    EventKind.PAUSED: _waiting,
    EventKind.WAITING_TOO_LONG: _waiting,
    EventKind.COMPLETED: _completed,
    EventKind.FAILED: _not_recovered,
    EventKind.TIMED_OUT: _not_recovered,
    EventKind.CANCELLED: _after_cancelling,
    EventKind.CLEANED_UP: _after_cancelling,
}
