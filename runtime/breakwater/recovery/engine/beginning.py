"""`begin`: freeze the plan's servers into the run, take their leases, start what may start.

Called again after a crash it goes on where it was: what is written is kept, leases that are its own
are its own still.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from breakwater.recovery.engine.compensating import GONE
from breakwater.recovery.engine.engine import TRIES, Engine
from breakwater.recovery.engine.event import EventKind
from breakwater.recovery.engine.freezing import NOTHING_EARLIER, Earlier, Frozen, freeze
from breakwater.recovery.engine.frozen_groups import groups_of, resolve
from breakwater.recovery.engine.lease_holder import Held, LeaseHolder
from breakwater.recovery.engine.recovery_service import RecoveryService
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.run_judgement import fail
from breakwater.recovery.engine.run_state import Item, RunState
from breakwater.recovery.engine.run_store import Changed, RunStore
from breakwater.recovery.engine.server_run import ServerRun
from breakwater.recovery.engine.state_object import Address
from breakwater.recovery.engine.status import RunStatus, ServerStatus
from breakwater.recovery.recovery_plan import RecoveryPlan
from breakwater.recovery.server_directory import Inventory, ServerDirectory
from breakwater.recovery.target import Target
from breakwater.recovery.unreachable import Unreachable


class Beginning:
    """Takes a run up."""

    def __init__(
        self,
        *,
        store: RunStore,
        directory: ServerDirectory,
        service: RecoveryService,
        leases: LeaseHolder,
        engine: Engine,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._directory = directory
        self._service = service
        self._leases = leases
        self._engine = engine
        self._clock = clock

    def begin(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The state object for what comes next."""
        address = Address.of(event)
        if not address.cleanup:
            for _ in range(TRIES):
                try:
                    self._take_up(address.execution_id)
                    break
                except Changed:
                    continue
            else:
                raise Changed(f"the run {address.execution_id} kept changing while it began")
        return self._engine.look(address, observe=False)

    def _take_up(self, execution_id: str) -> None:
        run = self._store.run(execution_id)
        if run.status is RunStatus.CANCELLING or run.ended or run.begun_at is not None:
            return
        if not run.frozen:
            problem = self._freeze(run)
            if problem is not None:
                self._fail(execution_id, problem)
                return
            run = self._store.run(execution_id)
        try:
            self._lease(run)
        except Held as held:
            self._fail(execution_id, str(held))
            return
        now = self._clock()
        run = replace(run.became(RunStatus.RUNNING), begun_at=now)
        kind = "Drill" if run.is_drill else "REAL RECOVERY"
        text = f"{kind} of {run.plan_name}: {run.waves} waves, {run.servers} servers."
        self._store.save([run.tells(EventKind.STARTED, now, text)])

    def _freeze(self, run: Run) -> str | None:
        """Write the waves and servers down; why it cannot be, if it cannot."""
        kept = self._store.plan(run.execution_id)
        plan, groups = RecoveryPlan.from_json(kept["plan"]), groups_of(kept)
        found = resolve(self._directory, groups)
        earlier = self._earlier(run.retry_of)
        frozen = freeze(
            run, plan, groups, found, learned=self._learned(run, found), earlier=earlier
        )
        if frozen.problems:
            said = " ".join(f"{one.problem} {one.remedy}" for one in frozen.problems[:3])
            return f"The plan cannot start: {said}"
        self._store.save(self._missing(run, frozen))
        return None

    def _missing(self, run: Run, frozen: Frozen) -> list[Item]:
        """What an attempt before this one has not written yet."""
        there = {one.item_key for one in self._store.servers(run.execution_id)}
        known = {wave.index for wave in self._store.load(run.execution_id).waves.values()}
        servers = [one for one in frozen.servers if one.item_key not in there]
        waves = [one for one in frozen.waves if one.index not in known]
        counted = replace(
            run,
            frozen=True,
            leased=True,
            waves=len(frozen.waves),
            servers=len(frozen.servers),
            waves_ended=sum(wave.ended for wave in frozen.waves),
        )
        return [*servers, *waves, counted]

    def _lease(self, run: Run) -> None:
        wanted = [
            one.key
            for one in self._store.servers(run.execution_id)
            if one.status is ServerStatus.PENDING
        ]
        self._leases.take(wanted, run.execution_id, self._clock())

    def _earlier(self, execution_id: str | None) -> Earlier:
        """What the run that is retried left. One that ended before it had frozen anything left
        nothing of its own: then it is what that one had retried.
        """
        if execution_id is None:
            return NOTHING_EARLIER
        state = self._store.everything(execution_id)
        if not state.run.frozen:
            return self._earlier(state.run.retry_of)
        names = {wave.index: wave.name for wave in state.waves.values()}
        return Earlier(
            waves=state.named(),
            servers={
                (names[one.wave_index], one.key): one
                for one in self._still_there(list(state.servers.values()))
            },
        )

    def _still_there(self, servers: Sequence[ServerRun]) -> Iterator[ServerRun]:
        """Without those whose instance somebody terminated, or a later drill replaced."""
        places: dict[Target, list[ServerRun]] = {}
        for server in servers:
            if server.status is ServerStatus.LAUNCHED:
                places.setdefault(server.target, []).append(server)
        for target, mine in places.items():
            found = self._service.instances_of(target, [one.server_id for one in mine])
            alive = [one for one in found if one.state not in GONE]
            by_id = {one.instance_id for one in alive}
            by_job = {(one.server_id, one.job_id) for one in alive}
            for server in mine:
                if server.recovery_instance_id in by_id or (
                    server.recovery_instance_id is None
                    and (server.server_id, server.job_id) in by_job
                ):
                    yield server

    def _learned(self, run: Run, found: Mapping[Target, Inventory]) -> dict[str, float]:
        """How long each server's last recovery took: its last job, if that launched it."""
        learned: dict[str, float] = {}
        for target, inventory in found.items():
            last = {
                server.key: server.last_launch.job_id
                for server in inventory.servers.values()
                if server.last_launch and server.last_launch.status == "LAUNCHED"
            }
            if not last:
                continue
            try:
                jobs = self._service.jobs(target, set(last.values()))
            except Unreachable:
                continue  # the defaults will do
            for key, job_id in last.items():
                job = jobs.get(job_id)
                if job is not None and job.created_at and job.ended_at:
                    learned[key] = run.seconds_between(job.created_at, job.ended_at)
        return learned

    def _fail(self, execution_id: str, cause: str) -> None:
        state: RunState = self._store.load(execution_id)
        before = state.copy()
        fail(state, self._clock(), cause)
        self._store.save(state.changes_since(before))
