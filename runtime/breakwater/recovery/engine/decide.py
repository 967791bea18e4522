"""The whole decision: what is known and the time → what the run becomes. Pure."""

from collections.abc import Callable
from datetime import datetime

from breakwater.recovery.engine.run_judgement import judge_run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.engine.wave_judgement import judge_waves
from breakwater.recovery.engine.wave_starts import start_waves
from breakwater.recovery.target import Target


def decide(state: RunState, now: datetime, servers_per_job: Callable[[Target], int]) -> RunStatus:
    """Changes the state to what follows; returns where the state machine goes."""
    if state.run.status is RunStatus.PENDING:
        return RunStatus.RUNNING  # a copy of the engine takes it up at this moment
    if state.run.status is not RunStatus.PAUSED and not state.run.ended:
        judge_waves(state, now)
        start_waves(state, now, servers_per_job)
    return judge_run(state, now)
