"""Starts jobs in DRS, each at most once, whatever is retried, lost or killed.

The intent is written first, as a claim: until it expires nobody else asks for this job. Whoever
takes an expired claim over first looks for a job of DRS's that carries the run's tags. So a call
that reached DRS is found again, and one that did not is made again: not before DRS has had time to
list it, and not for a wave that is over or a run that is being cancelled.

Calls per place with jobs that are due: one DescribeJobs per page (who is busy, what room there is,
what is to be found again), and per job one StartRecovery and two writes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from breakwater.recovery.engine import job_queue
from breakwater.recovery.engine.instance_tags import job_tags
from breakwater.recovery.engine.job_queue import Usage
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.recovery_service import (
    Busy,
    Full,
    RecoveryService,
    Refused,
    TooFast,
    Unclear,
)
from breakwater.recovery.engine.run_state import Item, RunState
from breakwater.recovery.engine.run_store import RunStore
from breakwater.recovery.engine.seen import SeenJob
from breakwater.recovery.engine.status import JobStatus, RunStatus, ServerStatus
from breakwater.recovery.engine.wave_starts import WAITING
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable

CLAIM = timedelta(seconds=100)
"""Longer than a function may run: who claimed before that is not there any more."""

_LOOK_AGAIN = timedelta(seconds=10)
_LISTED_WITHIN = timedelta(seconds=30)
"""DRS's lists may be late by so much: what is not found before may still have been started."""

_LOOK_BACK = timedelta(hours=24)
_MOST_REFUSALS = 3
_WHILE_BUSY_MINUTES = 0.5
_STARTS_PER_LOOK = 60


class JobStarter:
    """Asks DRS for the jobs that are due."""

    def __init__(
        self, service: RecoveryService, store: RunStore, clock: Callable[[], datetime]
    ) -> None:
        self._service = service
        self._store = store
        self._clock = clock

    def start(self, state: RunState) -> None:
        """Start, or find again, whatever can be; the rest says what it waits for."""
        places: dict[Target, list[JobRun]] = {}
        for job in job_queue.due(state.jobs.values(), self._clock()):
            if state.waves[job.wave_index].status in WAITING:
                continue  # written by a look that was broken off before the wave had started
            places.setdefault(job.target, []).append(job)
        for target, jobs in places.items():
            try:
                self._start_in(state, target, jobs)
            except Unreachable as silent:
                attention = dict.fromkeys((*state.run.attention, silent.reason))
                self._save(state, replace(state.run, attention=tuple(attention)))

    def _start_in(self, state: RunState, target: Target, jobs: list[JobRun]) -> None:
        seen = self._service.jobs_since(target, self._since(jobs))
        usage, left = Usage.of(seen), _STARTS_PER_LOOK
        waiting = [job.item_key for job in jobs]
        while waiting and left:
            job = state.jobs[waiting.pop(0)]
            known = job_queue.found_again(job, seen)
            if known is not None:
                self._take_up(state, job, known, waiting)
                continue
            if self._too_early(job):
                until = self._clock() + _LOOK_AGAIN
                self._save(state, replace(job, claimed_until=until))
                continue
            if state.run.status is RunStatus.CANCELLING or state.waves[job.wave_index].ended:
                self._call_off(state, job)
                continue
            busy = {one: usage.busy[one] for one in job.server_ids if one in usage.busy}
            if busy:
                self._put_aside(state, job, busy, waiting)
                continue
            why = job_queue.room_for(job, usage, self._service.quotas(target))
            if why is not None:
                self._wait(state, job, why)
                continue
            left -= 1
            if self._ask(state, job, waiting):
                usage = usage.plus(job)

    def _since(self, jobs: list[JobRun]) -> datetime:
        intents = [job.intent_at for job in jobs if job.intent_at]
        return min([*intents, self._clock() - _LOOK_BACK])

    def _too_early(self, job: JobRun) -> bool:
        """Nobody knows whether DRS was reached, and its lists may not show it yet."""
        return (
            job.status is JobStatus.STARTING
            and job.asked_at is not None
            and self._clock() < job.asked_at + _LISTED_WITHIN
        )

    def _take_up(self, state: RunState, job: JobRun, known: SeenJob, waiting: list[str]) -> None:
        """An earlier call reached DRS. Servers that are not in its job are asked for apart."""
        strange = job_queue.not_in(job, known)
        if strange:
            job, others = job_queue.apart(job, strange, self._number(state, job), None)
            self._save(state, others)
            waiting.insert(0, others.item_key)
        self._adopt(state, job, known)

    def _call_off(self, state: RunState, job: JobRun) -> None:
        """It never reached DRS, and nothing new is to start there any more."""
        now = self._clock()
        cause = "The run was cancelled before it was started."
        skipped = [
            replace(one, status=ServerStatus.SKIPPED, ended_at=now, cause=cause)
            for one in state.servers_in(job)
            if not one.settled
        ]
        dropped = replace(job, status=JobStatus.DROPPED, claimed_until=None, waiting_for=None)
        self._save(state, *skipped, dropped)

    def _ask(self, state: RunState, job: JobRun, waiting: list[str]) -> bool:
        now, again = self._clock(), job.status is JobStatus.STARTING
        self._save(
            state,
            replace(
                job,
                status=JobStatus.STARTING,
                intent_at=job.intent_at or now,
                asked_at=now,
                claimed_until=now + CLAIM,
                waiting_for=None,
            ),
        )
        job = state.jobs[job.item_key]
        tags = job_tags(state.run, state.waves[job.wave_index], job)
        try:
            started = self._service.start(
                job.target, job.server_ids, is_drill=state.run.is_drill, tags=tags
            )
        except Busy as busy:
            if again:  # perhaps with what it started itself: that will be listed soon
                self._wait(state, job, str(busy))
            else:
                self._conflict(state, job, busy, waiting)
        except Full as full:
            self._wait(state, job, str(full))
        except TooFast as throttled:
            after = timedelta(seconds=throttled.after_seconds)
            self._wait(state, job, str(throttled), after)
        except Refused as refused:
            self._refused(state, job, refused, waiting)
        except Unclear as unclear:
            return self._look_for(state, job, str(unclear))
        else:
            self._adopt(state, job, started)
            return True
        return False

    def _look_for(self, state: RunState, job: JobRun, why: str) -> bool:
        """The answer was lost, the job perhaps not."""
        seen = self._service.jobs_since(job.target, job.intent_at or self._clock())
        known = job_queue.found_again(job, seen)
        if known is not None:
            self._adopt(state, job, known)
            return True
        # It may only be late in DRS's lists: look once more before asking again.
        until = self._clock() + _LOOK_AGAIN
        self._save(state, replace(job, claimed_until=until, waiting_for=why))
        return False

    def _adopt(self, state: RunState, job: JobRun, started: SeenJob) -> None:
        now = self._clock()
        changed: list[Item] = [
            replace(
                server,
                status=ServerStatus.LAUNCHING,
                job_id=started.job_id,
                started_at=started.created_at or now,
            )
            for server in state.servers_in(job)
            if not server.settled
        ]
        opened = replace(
            job,
            status=JobStatus.OPEN,
            job_id=started.job_id,
            started_at=started.created_at or now,
            claimed_until=None,
            waiting_for=None,
            not_before=None,
        )
        self._save(state, *changed, opened)

    def _put_aside(
        self, state: RunState, job: JobRun, busy: dict[str, str], waiting: list[str]
    ) -> None:
        """DRS takes a server into one job at a time, and refuses the call for one that is busy."""
        server, other = next(iter(busy.items()))
        more = f" and {len(busy) - 1} more" if len(busy) > 1 else ""
        why = f"{server}{more} is in the DRS job {other}"
        if len(busy) == len(job.server_ids):
            self._wait(state, job, why)
            return
        rest, others = job_queue.apart(job, busy, self._number(state, job), why)
        self._save(state, self._released(rest, None), self._later(state, others))
        waiting.insert(0, rest.item_key)

    def _conflict(self, state: RunState, job: JobRun, busy: Busy, waiting: list[str]) -> None:
        """DRS does not always say which server it is about: halving finds it."""
        why = str(busy)
        if len(job.server_ids) == 1:
            self._wait(state, job, why)
            return
        named = {busy.server_id} if busy.server_id in job.server_ids else set()
        half = set(job.server_ids[len(job.server_ids) // 2 :])
        rest, others = job_queue.apart(job, named or half, self._number(state, job), why)
        if named:
            others = self._later(state, others)
        else:
            waiting.insert(0, others.item_key)
        self._save(state, self._released(rest, None), others)
        waiting.insert(0, rest.item_key)

    def _refused(self, state: RunState, job: JobRun, refused: Refused, waiting: list[str]) -> None:
        """A right or a setting is missing. It may be given in the next minutes; else it failed.

        Where it may be about one of its servers, halving finds that one: the others are launched.
        """
        now, why = self._clock(), str(refused)
        job = replace(job, refusals=job.refusals + 1)
        if job.refusals < _MOST_REFUSALS:
            self._wait(state, job, why)
            return
        if refused.about_servers and len(job.server_ids) > 1:
            half = job.server_ids[len(job.server_ids) // 2 :]
            last = replace(job, refusals=_MOST_REFUSALS - 1)
            rest, others = job_queue.apart(last, half, self._number(state, job), why)
            self._save(state, self._released(rest, why), others)
            waiting[:0] = [rest.item_key, others.item_key]
            return
        lost = [one.failed(now, why) for one in state.servers_in(job) if not one.settled]
        dropped = replace(job, status=JobStatus.DROPPED, claimed_until=None, waiting_for=why)
        self._save(state, *lost, dropped)

    def _wait(self, state: RunState, job: JobRun, why: str, after: timedelta | None = None) -> None:
        later = self._released(job, why)
        after = after or state.run.real(_WHILE_BUSY_MINUTES)
        self._save(state, replace(later, not_before=self._clock() + after))

    def _later(self, state: RunState, job: JobRun) -> JobRun:
        return replace(job, not_before=self._clock() + state.run.real(_WHILE_BUSY_MINUTES))

    @staticmethod
    def _released(job: JobRun, why: str | None) -> JobRun:
        return replace(
            job, status=JobStatus.QUEUED, claimed_until=None, waiting_for=why, not_before=None
        )

    @staticmethod
    def _number(state: RunState, job: JobRun) -> int:
        return job_queue.next_number(state.jobs.values(), job.wave_index)

    def _save(self, state: RunState, *changed: Item) -> None:
        state.put(*self._store.save(changed))
