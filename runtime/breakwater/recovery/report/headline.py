"""The outcome of a run in one sentence. Pure."""

from collections.abc import Iterator, Sequence

from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.status import JOB_LIVE, RunStatus, WaveStatus
from breakwater.recovery.engine.wave_run import WaveRun
from breakwater.recovery.report.parts import RecoveryTime
from breakwater.recovery.told_time import told_seconds

_ENDS = {
    RunStatus.COMPLETED: "completed in",
    RunStatus.FAILED: "failed after",
    RunStatus.TIMED_OUT: "timed out after",
    RunStatus.CANCELLED: "was cancelled after",
}
_OPEN = {
    RunStatus.PENDING: "has not begun",
    RunStatus.RUNNING: "is under way",
    RunStatus.PAUSING: "is about to pause",
    RunStatus.PAUSED: "is paused and waits for a person",
    RunStatus.CANCELLING: "is being cancelled",
}


def headline(run: Run, waves: Sequence[WaveRun], time: RecoveryTime) -> str:
    """`The drill completed in 46 min; the objective of 1 h was met.`"""
    what = "The drill" if run.is_drill else "The recovery"
    taken = told_seconds(time.elapsed.seconds)
    if run.status in _OPEN:
        done = sum(wave.status is WaveStatus.COMPLETED for wave in waves)
        said = f"{what} {_OPEN[run.status]}: {done} of {len(waves)} waves completed after {taken}"
    else:
        said = f"{what} {_ENDS[run.status]} {taken}"
    if run.status is RunStatus.COMPLETED and time.met is not None:
        said += f"; the objective of {told_seconds((run.rto_minutes or 0) * 60)} was "
        said += "met" if time.met else "missed"
    elif run.status in _OPEN and time.met is False:
        said += f"; the objective of {told_seconds((run.rto_minutes or 0) * 60)} is missed already"
    if run.cleanup_incomplete:
        said += "; its cleanup is incomplete"
    return f"{said}."


def still_open(run: Run, jobs: Sequence[JobRun]) -> Iterator[str]:
    """Why what is told of it may still change."""
    if not run.ended:
        yield f"The run is {run.status}."
    live = sum(job.status in JOB_LIVE for job in jobs)
    if run.ended and live:
        yield f"{live} jobs of it are still open in DRS."
    if run.cleaning is not None:
        yield f"A cleanup is under way, asked for by {run.cleaning.by}."
