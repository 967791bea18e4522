"""Whether a run goes on, pauses or is over. Pure; design section 3 is the specification."""

from dataclasses import replace
from datetime import datetime

from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import FAILED, LAUNCHED, TERMINATED
from breakwater.recovery.engine.settle import GRACE_POLLS
from breakwater.recovery.engine.status import JOB_LIVE, RunStatus, WaveStatus
from breakwater.recovery.engine.wave_judgement import counted, drop_queued
from breakwater.recovery.engine.wave_run import TIMED_OUT
from breakwater.recovery.engine.wave_starts import WAITING, skip_rest, stopped_by_failure

RTO_AT_RISK = 0.9
_SAID = frozenset({LAUNCHED, FAILED, TERMINATED})


class Stuck(RuntimeError):
    """Nothing runs, nothing waits for a person, and the run is not over: a mistake in our code."""


def judge_run(state: RunState, now: datetime) -> RunStatus:
    """What the run becomes; returns where the state machine goes.

    That is the run's status, but PAUSED already when it is about to pause: the run itself is
    PAUSED only once there is a token by which it can be resumed.
    """
    state.put(_counted(state))
    if state.run.ended:
        return state.run.status
    if _paused_too_long(state.run, now):
        time_out(state, now, f"Nobody resumed the run within {_pause_hours(state.run):g} hours.")
    elif plan_is_late(state.run, now) and not _complete(state):
        minutes = state.run.timeout_minutes
        time_out(state, now, f"The plan was not complete within {minutes} minutes.")
    elif state.run.status is not RunStatus.PAUSED:
        watch_objective(state, now)
        return _go_on(state, now)
    return state.run.status


def _go_on(state: RunState, now: datetime) -> RunStatus:
    if busy(state):
        return state.run.status
    if state.run.status is RunStatus.CANCELLING:
        return state.run.status  # its end comes with the compensation: see `finish_cancelling`
    waiting = [wave for wave in state.waves.values() if wave.status in WAITING]
    if waiting and stopped_by_failure(state):
        skip_rest(state, now, "runEnded", "A wave failed, and the plan stops on failure.")
        waiting = []
    if not waiting:
        _end_by_its_waves(state, now)
        return state.run.status
    held = any(wave.status is WaveStatus.HELD for wave in waiting)
    if held or state.run.status is RunStatus.PAUSING:
        return RunStatus.PAUSED
    raise Stuck(f"waves {[wave.name for wave in waiting]} wait for nothing")


def finish_cancelling(state: RunState, now: datetime, failed_steps: list[str]) -> None:
    """Everything that was under way is settled, and what was to be cleaned up was."""
    asked = state.run.cancel_requested
    cause = f"Cancelled by {asked.by}: {asked.reason}" if asked else "Cancelled."
    if failed_steps:
        cause = f"{cause} The cleanup is incomplete: {'; '.join(failed_steps)}"
        state.put(replace(state.run, cleanup_incomplete=True))
    skip_rest(state, now, "cancelled", cause)
    end_run(state, RunStatus.CANCELLED, EventKind.CANCELLED, now, cause)


def busy(state: RunState) -> bool:
    """Is anything under way that the run watches to its end? A job that outlives its wave's time
    is watched for a grace period more: what launches late is to be known, and cleaned up.
    """
    return bool(state.launching()) or any(
        job.status in JOB_LIVE
        and job.polls_overdue <= GRACE_POLLS
        and state.waves[job.wave_index].reason == TIMED_OUT
        and any(one.launch_status != LAUNCHED for one in state.servers_in(job))
        for job in state.jobs.values()
    )


def may_launch(state: RunState) -> list[JobRun]:
    """Jobs that DRS may be working on, with servers of which it has not said how they ended."""
    return [
        job
        for job in state.live_jobs()
        if any(one.launch_status not in _SAID for one in state.servers_in(job))
    ]


def plan_is_late(run: Run, now: datetime) -> bool:
    """Is the plan beyond its timeout? While it is paused its clock stands still."""
    deadline = run.deadline(now)
    return run.paused_since is None and deadline is not None and now >= deadline


def time_out(state: RunState, now: datetime, cause: str) -> None:
    """The plan's time, or the time to resume it, is over."""
    asked = state.run.cancel_requested
    if asked is not None and asked.cleanup:
        cause = f"{cause} The cleanup that {asked.by} asked for was not completed."
        state.put(replace(state.run, cleanup_incomplete=True))
    for wave in state.launching():
        for server in state.servers_of(wave):
            if not server.settled:
                state.put(server.failed(now, cause))
        drop_queued(state, wave)
        ended = counted(wave, state.servers_of(wave))
        state.put(ended.ends(WaveStatus.FAILED, now, "runTimedOut", cause))
    skip_rest(state, now, "runTimedOut", cause)
    end_run(state, RunStatus.TIMED_OUT, EventKind.TIMED_OUT, now, cause)


def fail(state: RunState, now: datetime, cause: str) -> None:
    """The run cannot go on: what launches may still come, nothing new starts."""
    for wave in state.launching():
        drop_queued(state, wave)
        state.put(wave.ends(WaveStatus.FAILED, now, "runEnded", cause))
    skip_rest(state, now, "runEnded", cause)
    end_run(state, RunStatus.FAILED, EventKind.FAILED, now, cause)


def end_run(
    state: RunState, status: RunStatus, kind: EventKind, now: datetime, cause: str | None
) -> None:
    """The run is over."""
    run = _counted(state).goes_on(now)
    paused = run.paused_until(now)
    run = replace(run.became(status), ended_at=now, cause=cause, attention=(), task_token=None)
    what = "Drill" if run.is_drill else "Recovery"
    numbers = {
        "seconds": run.seconds_between(run.started_at, now),
        "pausedSeconds": paused.total_seconds() * run.time_scale,
        "launched": run.servers_launched,
        "failed": run.servers_failed,
    }
    said = f"{what} of {run.plan_name}: {run.servers_launched} of {run.servers} servers are up."
    state.put(run.tells(kind, now, f"{said} {cause}" if cause else said, numbers=numbers))


def _end_by_its_waves(state: RunState, now: datetime) -> None:
    failed = [wave for wave in state.in_order() if wave.status is not WaveStatus.COMPLETED]
    if not failed:
        end_run(state, RunStatus.COMPLETED, EventKind.COMPLETED, now, None)
        return
    first = next((wave for wave in failed if wave.status is WaveStatus.FAILED), failed[0])
    others = len(failed) - 1
    more = f" ({others} more {'wave' if others == 1 else 'waves'} did not complete.)"
    cause = f"{first.cause or f'Wave {first.name} is {first.status}.'}{more if others else ''}"
    end_run(state, RunStatus.FAILED, EventKind.FAILED, now, cause)


def _complete(state: RunState) -> bool:
    """Has it done all that it was to do? Then it is not late, although it was seen late."""
    under_way = state.run.status in {RunStatus.RUNNING, RunStatus.PAUSING}
    waves = state.waves.values()
    return under_way and all(wave.status is WaveStatus.COMPLETED for wave in waves)


def _paused_too_long(run: Run, now: datetime) -> bool:
    deadline = run.pause_deadline()
    return (
        run.status is RunStatus.PAUSED
        and run.resumed is None
        and deadline is not None
        and now >= deadline
    )


def _pause_hours(run: Run) -> float:
    """How long it might be paused, in the run's hours."""
    since = run.paused_since or run.started_at
    return round(run.seconds_between(since, since + run.longest_pause(since)) / 3600, 1)


def watch_objective(state: RunState, now: datetime) -> None:
    """Tell once that the recovery time objective is at risk, and once that it is missed.

    When the first look finds it missed, a warning is no news any more.
    """
    run = state.run
    if run.rto_minutes is None or run.rto_missed:
        return
    elapsed = run.seconds_between(run.started_at, now) / 60
    missed = elapsed > run.rto_minutes
    if elapsed < RTO_AT_RISK * run.rto_minutes or (run.rto_at_risk and not missed):
        return
    under_way = ", ".join(wave.name for wave in state.launching()) or "nothing"
    text = (
        f"{elapsed:.0f} of {run.rto_minutes} minutes have passed; "
        f"{run.waves_ended} of {run.waves} waves are over, under way: {under_way}."
    )
    run = replace(run, rto_at_risk=True, rto_missed=missed)
    kind = EventKind.RTO_MISSED if missed else EventKind.RTO_AT_RISK
    state.put(run.tells(kind, now, text))


def _counted(state: RunState) -> Run:
    waves = list(state.waves.values())
    return replace(
        state.run,
        waves_ended=sum(wave.ended for wave in waves),
        servers_launched=sum(wave.servers_launched for wave in waves),
        servers_failed=sum(wave.servers_failed for wave in waves),
    )
