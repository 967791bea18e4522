"""One look at a run: ask, decide, write, start, tell. What the state machine's actions call.

Whatever is killed, retried or doubled: every step is either a question, a write that names what it
read, or a call whose intent was written before. Whoever comes next goes on from the items.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from breakwater.recovery.engine.compensating import failed_steps
from breakwater.recovery.engine.compensator import Compensator
from breakwater.recovery.engine.decide import decide
from breakwater.recovery.engine.endings import Endings
from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.job_starter import JobStarter
from breakwater.recovery.engine.observer import Observer
from breakwater.recovery.engine.recovery_service import RecoveryService
from breakwater.recovery.engine.run_judgement import busy, finish_cancelling, may_launch
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed, RunStore
from breakwater.recovery.engine.state_object import Address, state_object
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.engine.teller import Teller
from breakwater.recovery.engine.waits import wait_seconds
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable

TRIES = 6
SERVERS_PER_JOB = 100
"""Whatever Service Quotas says: it has said 200, which is also the most that one call can name."""

LAUNCHES_END_MINUTES = 120
"""So long a cleanup waits for jobs of its run that may still launch something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the engine is made of."""

    store: RunStore
    service: RecoveryService
    observer: Observer
    starter: JobStarter
    compensator: Compensator
    endings: Endings
    teller: Teller
    clock: Callable[[], datetime]


class Engine:
    """Looks at runs."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def look(self, address: Address, *, observe: bool) -> dict[str, Any]:
        """Bring the run as far as it can be brought now; the state object for what comes next.

        :param observe: ask DRS about jobs that are open; not where there can be none.
        """
        once = self._clean_once if address.cleanup else self._look_once
        for _ in range(TRIES):
            try:
                return once(address, observe=observe)
            except Changed:
                continue  # a person, or a second copy of this function, was faster: look again
        raise Changed(f"the run {address.execution_id} changed {TRIES} times while it was read")

    def _look_once(self, address: Address, *, observe: bool) -> dict[str, Any]:
        parts = self._parts
        before = parts.store.load(address.execution_id)
        if before.run.ended:
            return self._over(before)
        state, now = before.copy(), parts.clock()
        if observe:
            parts.observer.observe(state, now)
        route = decide(state, now, self._servers_per_job)
        if state.run.status is RunStatus.CANCELLING and not busy(state):
            state = self._save(before, state)
            done = self._cleaned_up(state)
            before = state.copy()
            if done:
                finish_cancelling(state, now, _left_over(state, 0))
            route = state.run.status
        looked = replace(state.run, polled_at=now, polls=state.run.polls + 1)
        state.put(looked)
        state.put(replace(looked, wait_seconds=wait_seconds(state, now)))
        state = self._save(before, state)
        if not state.run.ended:
            parts.starter.start(state)
        parts.teller.tell(state)
        if state.run.ended:
            return self._over(state)
        run = replace(state.run, wait_seconds=wait_seconds(state, parts.clock()))
        return state_object(run, now, status=route)

    def _cleaned_up(self, state: RunState) -> bool:
        """A cancelled drill takes away what it launched, if that was asked for."""
        asked = state.run.cancel_requested
        if asked is None or not asked.cleanup or not state.run.is_drill:
            return True
        try:
            return self._parts.compensator.advance(state, 0)
        except Unreachable as silent:
            state.put(replace(state.run, attention=(silent.reason,)))
            return False

    def _clean_once(self, address: Address, *, observe: bool) -> dict[str, Any]:  # noqa: ARG002
        """A cleanup after the end: the run stays what it is, its instances go."""
        parts, round_ = self._parts, address.cleanup
        state, now = parts.store.load(address.execution_id), parts.clock()
        asked = state.run.cleaning
        if asked is None or not state.run.cleans(round_):
            return state_object(state.run, now, status=RunStatus.COMPLETED, cleanup=round_)
        before = state.copy()
        parts.endings.ask_after_jobs(state)
        state.put(*parts.store.save(state.changes_since(before)))
        waits = may_launch(state) and now < asked.at + state.run.real(LAUNCHES_END_MINUTES)
        if waits or not parts.compensator.advance(state, round_):
            run = replace(state.run, wait_seconds=wait_seconds(state, now))
            return state_object(run, now, status=RunStatus.RUNNING, cleanup=round_)
        failed = _left_over(state, round_)
        text = f"The cleanup that {asked.by} asked for is done."
        if failed:
            text = f"The cleanup is incomplete: {'; '.join(failed)}"
        run = replace(state.run, cleaning=None, cleanup_incomplete=bool(failed))
        run = run.tells(EventKind.CLEANED_UP, now, text)
        state.put(*parts.store.save([run]))
        parts.teller.tell(state)
        state = parts.endings.finish(state)
        ended = RunStatus.FAILED if failed else RunStatus.COMPLETED
        said = replace(state.run, cause=text)
        return state_object(said, now, status=ended, cleanup=round_)

    def _over(self, state: RunState) -> dict[str, Any]:
        self._parts.teller.tell(state)
        state = self._parts.endings.finish(state)
        return state_object(state.run, self._parts.clock())

    def _servers_per_job(self, target: Target) -> int:
        quotas = self._parts.service.quotas(target)
        return min(SERVERS_PER_JOB, quotas.servers_per_job, quotas.servers_in_jobs)

    def _save(self, before: RunState, after: RunState) -> RunState:
        after.put(*self._parts.store.save(after.changes_since(before)))
        return after


def _left_over(state: RunState, round_: int) -> list[str]:
    """What this cleanup did not terminate, or cannot have: why, and that it must be run again."""
    asked = state.run.cleaning or state.run.cancel_requested
    if asked is None or (not round_ and not asked.cleanup):
        return []
    launching = [
        f"DRS still works on {job.job_id or 'a job that was asked for'} in {job.target}, which may "
        "launch more: clean up again when it has ended"
        for job in may_launch(state)
    ]
    return [*failed_steps(state, round_), *launching]
