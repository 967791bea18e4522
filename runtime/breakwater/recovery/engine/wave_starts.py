"""Which waves may start: skip what never can, hold what waits for a person, start the rest. Pure.

A wave starts when the waves that it depends on are complete, so independent ones run together.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from breakwater.recovery.engine.job_queue import jobs_for
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.status import RunStatus, WaveStatus
from breakwater.recovery.engine.wave_judgement import drop_queued
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.recovery_plan import OnFailure
from breakwater.recovery.target import Target

WAITING = frozenset({WaveStatus.PENDING, WaveStatus.HELD})
_LOST = frozenset({WaveStatus.FAILED, WaveStatus.SKIPPED, WaveStatus.CANCELLED})


def start_waves(state: RunState, now: datetime, servers_per_job: Callable[[Target], int]) -> None:
    """Everything that follows for waves that have not started."""
    while _skip_one(state, now):  # a wave that is skipped skips others
        pass
    if state.run.status is not RunStatus.RUNNING or stopped_by_failure(state):
        return
    named = state.named()
    for wave in list(state.in_order()):
        if wave.status not in WAITING or not _dependencies_met(wave, named):
            continue
        if wave.pause_before and wave.name not in state.run.released:
            if wave.status is WaveStatus.PENDING:
                state.put(replace(wave, status=WaveStatus.HELD, held_at=now))
            continue
        servers = state.servers_of(wave)
        known = [one.expected_seconds for one in servers if one.expected_seconds]
        state.put(
            replace(
                wave,
                status=WaveStatus.LAUNCHING,
                started_at=now,
                expected_seconds=max(known, default=None),
            ),
            *jobs_for(wave, servers, servers_per_job, state.jobs_of(wave)),
        )


def stopped_by_failure(state: RunState) -> bool:
    """Has a wave failed in a plan that stops then?"""
    return state.run.on_failure is OnFailure.STOP and any(
        wave.status is WaveStatus.FAILED for wave in state.waves.values()
    )


def skip_rest(state: RunState, now: datetime, reason: str, cause: str) -> None:
    """The run is over: what waits will not start."""
    status = WaveStatus.CANCELLED if reason == "cancelled" else WaveStatus.SKIPPED
    for wave in list(state.in_order()):
        if wave.status in WAITING:
            drop_queued(state, wave)
            state.put(wave.ends(status, now, reason, cause))


def _dependencies_met(wave: WaveRun, named: dict[str, WaveRun]) -> bool:
    return all(named[one].status is WaveStatus.COMPLETED for one in wave.depends_on)


def _skip_one(state: RunState, now: datetime) -> bool:
    named = state.named()
    for wave in state.in_order():
        lost = [one for one in wave.depends_on if named[one].status in _LOST]
        if wave.status in WAITING and lost:
            cause = f"It depends on {lost[0]}, which is {named[lost[0]].status}."
            state.put(wave.ends(WaveStatus.SKIPPED, now, "dependencyFailed", cause))
            return True
    return False
