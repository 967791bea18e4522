"""How long to wait before looking again: long at first, short near the expected end. Pure.

In the run's seconds, of which Step Functions waits as many. A job of m minutes is looked at about
6 + 56·ln(m/11.8) times: 19 times for one of 15 minutes, whose end is then seen within 17 seconds.
"""

import math
from collections.abc import Iterator
from datetime import datetime

from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_judgement import RTO_AT_RISK
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.seen import LAUNCHED
from breakwater.recovery.engine.status import (
    JOB_LIVE,
    JobStatus,
    RunStatus,
    ServerStatus,
    StepStatus,
)
from breakwater.recovery.engine.wave_judgement import wave_deadline
from breakwater.recovery.engine.wave_run import TIMED_OUT

SHORTEST, LONGEST = 5, 120
LONGEST_WHILE_ASKED = 30
"""While a pause, a cancellation or a release waits to take effect."""

EARLIEST_END = 710.0
"""Few recoveries end before, where nothing was learned."""

LEARNED_SHARE = 0.7
"""Of what it took last time, nothing is expected before so much has passed."""

_FINENESS = 56.0
FREELY = 100
"""So many looks are as frequent as they are useful."""

LEAST_ON_AVERAGE = 65.0
"""After that, looks that were more frequent than so many seconds on average are further apart: an
execution's history ends at 25,000 events, and a look is nine of them."""

LOOKS = 2600
"""So many fit into a history, with room for what is tried again: a plan of more than two days is
looked at less often yet."""

_SLOWER = 10

_WHILE_QUEUED = 30.0
_WHILE_COMPENSATING = 15
_SOON = 10.0
_STEP_OPEN = frozenset({StepStatus.PENDING, StepStatus.RUNNING})
_ASKED = frozenset({RunStatus.PAUSING, RunStatus.CANCELLING})


def wait_seconds(state: RunState, now: datetime) -> int:
    """From 5 to 120 seconds."""
    longest = LONGEST_WHILE_ASKED if _asked(state, now) else LONGEST
    if any(step.status in _STEP_OPEN for step in state.steps.values()):
        longest = min(longest, _WHILE_COMPENSATING)
    wanted = min((longest, *_reasons(state, now)))
    shortest = SHORTEST if _asked(state, now) else _shortest(state.run, now)
    return max(shortest, math.ceil(wanted))


def _shortest(run: Run, now: datetime) -> int:
    """How soon it may look again, so that its history lasts until the plan's time is over."""
    if run.ended or run.begun_at is None or run.polls < FREELY:
        return SHORTEST
    on_average = max(LEAST_ON_AVERAGE, run.timeout_minutes * 60 / LOOKS)
    paused = run.paused_until(now).total_seconds() * run.time_scale
    if run.seconds_between(run.begun_at, now) - paused >= on_average * run.polls:
        return SHORTEST
    return min(LONGEST, math.ceil(on_average) + _SLOWER)


def _asked(state: RunState, now: datetime) -> bool:
    """Does somebody wait for it to look, or may any moment, as long as the history allows that?"""
    run = state.run
    if run.status in _ASKED:
        return True
    deadline = run.deadline(now)
    left = run.seconds_between(now, deadline) if deadline else 0
    return run.polls + left / LONGEST < LOOKS and any(
        wave.held_at is not None and not wave.ended and wave.started_at is None
        for wave in state.waves.values()
    )


def _reasons(state: RunState, now: datetime) -> Iterator[float]:
    run = state.run
    if run.ended:
        return  # only a cleanup still goes on
    for job in state.jobs.values():
        if job.status is JobStatus.QUEUED:
            yield run.seconds_between(now, job.not_before) if job.not_before else _WHILE_QUEUED
        elif job.status in JOB_LIVE:
            yield _for_job(state, job, now)
    for wave in state.launching():
        yield run.seconds_between(now, wave_deadline(state, wave))
        if all(server.settled for server in state.servers_of(wave)):
            yield SHORTEST  # all of it was taken over, or is lost: only to be judged
    deadline = run.deadline(now)
    if deadline is not None:
        yield run.seconds_between(now, deadline)
    if run.rto_minutes is not None and not run.rto_missed:
        passed = run.seconds_between(run.started_at, now)
        yield (1.0 if run.rto_at_risk else RTO_AT_RISK) * run.rto_minutes * 60 - passed


def _for_job(state: RunState, job: JobRun, now: datetime) -> float:
    if job.status is JobStatus.STARTING:
        return state.run.seconds_between(now, job.claimed_until or now)
    servers = [one for one in state.servers_in(job) if not one.settled]
    if not servers:
        # It only has to end: nobody waits for that, but for a grace period after a timeout.
        return LONGEST_WHILE_ASKED if state.waves[job.wave_index].reason == TIMED_OUT else LONGEST
    if job.ended_at is not None or any(_almost(one.launch_status, one.status) for one in servers):
        return _SOON
    passed = state.run.seconds_between(job.started_at or now, now)
    known = state.waves[job.wave_index].expected_seconds
    earliest = LEARNED_SHARE * known if known else EARLIEST_END
    if passed < earliest:
        return earliest - passed
    return max(SHORTEST, passed / _FINENESS)


def _almost(launch_status: str | None, status: ServerStatus) -> bool:
    return launch_status == LAUNCHED and status is ServerStatus.LAUNCHING
