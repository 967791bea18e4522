"""Carries compensation out: lists, writes down what is to be terminated, terminates, looks.

Cost: one DescribeRecoveryInstances per 200 servers of each place for the list; then per look and
step one DescribeRecoveryInstances and one DescribeJobs, and one TerminateRecoveryInstances each.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from breakwater.recovery.engine import compensating
from breakwater.recovery.engine.compensation import CompensationStep
from breakwater.recovery.engine.job_run import JobRun
from breakwater.recovery.engine.recovery_service import NotStarted, RecoveryService, Unclear
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import RunStore
from breakwater.recovery.engine.seen import SeenInstance
from breakwater.recovery.engine.status import ServerStatus
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable


class Compensator:
    """Terminates the instances of one run, if it is a drill."""

    def __init__(
        self, service: RecoveryService, store: RunStore, clock: Callable[[], datetime]
    ) -> None:
        self._service = service
        self._store = store
        self._clock = clock

    def listed(self, state: RunState) -> list[tuple[JobRun, SeenInstance]]:
        """What of this run is there to be terminated; Unreachable if a place does not say."""
        if not state.run.is_drill:
            return []
        places: dict[Target, set[str]] = {}
        for job in state.jobs.values():
            if job.job_id:
                places.setdefault(job.target, set()).update(job.server_ids)
        found: list[SeenInstance] = []
        for target, servers in places.items():
            found += self._service.instances_of(target, servers)
        return compensating.ours(state.jobs.values(), found)

    def advance(self, state: RunState, round_: int) -> bool:
        """One look further; True when every step of this round is over."""
        if not any(step.round == round_ for step in state.steps.values()):
            steps = compensating.steps_for(state, round_, self.listed(state))
            if not steps:
                return True
            state.put(*self._store.save(steps))
        for step in compensating.open_steps(state, round_):
            try:
                self._further(state, step)
            except Unreachable as silent:
                self._keep(state, compensating.refused(step, silent.reason, self._clock()))
        return not compensating.open_steps(state, round_)

    def _further(self, state: RunState, step: CompensationStep) -> None:
        now = self._clock()
        left = compensating.remaining(step, self._service.instances(step.target, step.instances))
        if not left:
            self._gone(state, step, now)
            return
        if step.job_id:
            job = self._service.jobs(step.target, [step.job_id]).get(step.job_id)
            if job is not None and not job.ended:
                return
            why = f"DRS ended the job {step.job_id}; still there: {', '.join(left)}"
            self._keep(state, compensating.refused(step, why, now))
            return
        try:
            job_id = self._service.terminate(step.target, left)
        except (NotStarted, Unclear) as refusal:
            self._keep(state, compensating.refused(step, str(refusal), now))
        else:
            self._keep(state, compensating.under_way(step, job_id, now))

    def _gone(self, state: RunState, step: CompensationStep, now: datetime) -> None:
        ended = [
            replace(server, status=ServerStatus.TERMINATED, terminated_at=now)
            for server in self._store.servers(state.run.execution_id, step.wave_index)
            if server.recovery_instance_id in step.instances and not server.taken_over
        ]
        state.put(*self._store.save([*ended, compensating.succeeded(step, now)]))

    def _keep(self, state: RunState, step: CompensationStep) -> None:
        state.put(*self._store.save([step]))
