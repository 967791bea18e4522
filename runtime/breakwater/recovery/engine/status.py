"""The statuses of runs, waves, servers, jobs and compensation, and what may follow what.

Allowed transitions are this data and nothing else; every status write is checked against it.
"""

from enum import StrEnum


class RunStatus(StrEnum):
    """A recovery run."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSING = "PAUSING"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"


class WaveStatus(StrEnum):
    """A wave of a run."""

    PENDING = "PENDING"
    HELD = "HELD"
    LAUNCHING = "LAUNCHING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"


class ServerStatus(StrEnum):
    """A server of a wave."""

    PENDING = "PENDING"
    LAUNCHING = "LAUNCHING"
    LAUNCHED = "LAUNCHED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    TERMINATED = "TERMINATED"


class JobStatus(StrEnum):
    """One StartRecovery: at most once, whatever is retried or lost."""

    QUEUED = "QUEUED"
    """Decided, not asked for: it waits for a place under the account's limits."""

    STARTING = "STARTING"
    """Somebody may have asked DRS: whoever goes on looks for the job before asking again."""

    OPEN = "OPEN"
    ENDED = "ENDED"
    DROPPED = "DROPPED"
    """Never started: its servers went to other jobs, or the run ended before."""


class StepStatus(StrEnum):
    """A step of compensation."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


ENDED = frozenset({RunStatus.CANCELLED, RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.TIMED_OUT})
WAVE_ENDED = frozenset(
    {WaveStatus.COMPLETED, WaveStatus.FAILED, WaveStatus.SKIPPED, WaveStatus.CANCELLED}
)
SERVER_SETTLED = frozenset(set(ServerStatus) - {ServerStatus.PENDING, ServerStatus.LAUNCHING})
JOB_LIVE = frozenset({JobStatus.STARTING, JobStatus.OPEN})
JOB_UNSETTLED = frozenset({JobStatus.QUEUED, *JOB_LIVE})

_BEFORE: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset(),
    RunStatus.RUNNING: frozenset({RunStatus.PENDING, RunStatus.PAUSING, RunStatus.PAUSED}),
    RunStatus.PAUSING: frozenset({RunStatus.RUNNING}),
    RunStatus.PAUSED: frozenset({RunStatus.RUNNING, RunStatus.PAUSING}),
    RunStatus.CANCELLING: frozenset(
        {RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSING, RunStatus.PAUSED}
    ),
    RunStatus.CANCELLED: frozenset({RunStatus.CANCELLING}),
    RunStatus.COMPLETED: frozenset({RunStatus.RUNNING, RunStatus.PAUSING}),
    RunStatus.FAILED: frozenset(set(RunStatus) - ENDED),
    RunStatus.TIMED_OUT: frozenset(
        {RunStatus.RUNNING, RunStatus.PAUSING, RunStatus.PAUSED, RunStatus.CANCELLING}
    ),
}


class ForbiddenTransition(RuntimeError):
    """A status was to follow one that it cannot follow: a mistake in our code."""


def require_transition(before: RunStatus, after: RunStatus) -> None:
    """Refuse what the table above does not allow."""
    if before is not after and before not in _BEFORE[after]:
        raise ForbiddenTransition(f"a run that is {before} cannot become {after}")
