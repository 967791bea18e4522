"""What is left to do when a run is over: its jobs may still run, and hold its servers' leases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from breakwater.platform.http.errors import NotFound
from breakwater.recovery.engine.job_queue import found_again
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.late import settle_late
from breakwater.recovery.engine.lease_holder import LeaseHolder
from breakwater.recovery.engine.recovery_service import RecoveryService
from breakwater.recovery.engine.run import OPEN
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import RunStore
from breakwater.recovery.engine.status import JobStatus
from breakwater.recovery.unreachable import Unreachable

LISTED_WITHIN = timedelta(minutes=10)
"""A job that DRS does not list by then is none; before, its lists may be late, and it may run."""


class Endings:
    """Gives leases back once nothing of a run can launch any more."""

    def __init__(
        self,
        store: RunStore,
        service: RecoveryService,
        leases: Callable[[Callable[[str], bool]], LeaseHolder],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._service = service
        self._clock = clock
        self.leases = leases(self.is_over)

    def is_over(self, execution_id: str) -> bool:
        """Can nothing of this run launch any more? Asks DRS about jobs not known to be over."""
        try:
            state = self._store.load(execution_id)
        except NotFound:
            return True  # nobody will ever take it up
        if not state.run.ended:
            return False
        try:
            self.ask_after_jobs(state)
        except Unreachable:
            return False
        return not state.live_jobs()

    def ask_after_jobs(self, state: RunState) -> None:
        """Which of an ended run's jobs are over by now?"""
        now = self._clock()
        for job in state.live_jobs():
            if job.job_id is None:
                state.put(self._found_or_dropped(job, now))
                continue
            told = self._service.jobs(job.target, [job.job_id]).get(job.job_id)
            if told is None and _young(job.started_at, now):
                continue
            if told is None or told.ended:
                ended_at = told.ended_at if told else None
                state.put(replace(job, status=JobStatus.ENDED, ended_at=ended_at or now))
                settle_late(state, job, told, now)

    def finish(self, state: RunState) -> RunState:
        """Release what an ended run holds, if none of its jobs is open; the state as it is then.

        It stays in the index of open runs while something is to be told.
        """
        run = state.run
        if not run.ended or run.open is None or run.cleaning or state.live_jobs():
            return state
        if run.leased:
            taken = [one.key for one in state.servers.values() if not one.taken_over]
            self.leases.release(run.execution_id, taken)
        done = replace(run, leased=False, open=OPEN if run.outbox else None)
        if done != run:
            state.put(*self._store.save([done]))
        return state

    def _found_or_dropped(self, job: JobRun, now: datetime) -> JobRun:
        if job.claimed_until is not None and job.claimed_until > now:
            return job
        known = found_again(job, self._service.jobs_since(job.target, job.intent_at or now))
        if known is None and _young(job.asked_at, now):
            return job
        if known is None:
            return replace(job, status=JobStatus.DROPPED, claimed_until=None)
        return replace(job, status=JobStatus.OPEN, job_id=known.job_id)


def _young(since: datetime | None, now: datetime) -> bool:
    return since is not None and now < since + LISTED_WITHIN
