"""What people do with runs: start, pause, resume, cancel, retry, clean up. Each with its reason.

Every action is one transaction: the run as it was seen, and the audit record. What an action makes
of a run is decided in `run_decisions`.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from breakwater.platform import audit, clock
from breakwater.platform.http.errors import (
    ApiError,
    Conflict,
    Unavailable,
    Unprocessable,
)
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission
from breakwater.platform.transaction import Write
from breakwater.recovery.engine.executions import Executions
from breakwater.recovery.engine.frozen_groups import groups_of
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import OPEN, Run
from breakwater.recovery.engine.run_decisions import Done, cancelled, cleaned_up, paused, resumed
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed, RunStore, plan_write
from breakwater.recovery.engine.startable import Startable
from breakwater.recovery.engine.state_object import state_object
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.engine.step_functions import execution_arn, execution_name
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.recovery_plan import RecoveryPlan
from breakwater.recovery.server_directory import ServerDirectory
from breakwater.recovery.server_leases import Leases

logger = Logger(child=True)
_TRIES = 6
_LATEST = 5
"""Of a plan's runs, so many of the newest are looked at: of one that is pending there is one."""
_RETRIED = frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.CANCELLED})


class Plans(Protocol):
    """The plans that there are."""

    def get(self, plan_id: str) -> RecoveryPlan:
        """NotFound if there is none."""


class Runs(Protocol):
    """The runs that there are."""

    def of_plan(self, plan_id: str, *, limit: int) -> tuple[list[Run], str | None]:
        """The runs of a plan, the newest first."""


class Groups(Protocol):
    """The groups that there are."""

    def get_many(self, group_ids: Sequence[str]) -> Mapping[str, ProtectionGroup]:
        """Those that exist, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the desk needs."""

    store: RunStore
    runs: Runs
    plans: Plans
    groups: Groups
    directory: ServerDirectory
    leases: Leases
    executions: Executions
    state_machine: str
    audit_table: str
    time_scale: int
    clock: Callable[[], datetime]


class RunDesk:
    """Takes people's decisions about runs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def start(
        self, plan_id: str, by: Identity, *, is_drill: bool, typed: str | None, reason: str | None
    ) -> Run:
        """A run of this plan as it is now; Unprocessable or Conflict if it cannot start."""
        plan = self._desk.plans.get(plan_id)
        if not is_drill:
            by.require(Permission.RUN_RECOVERY)
            _require_name(plan.name, typed)
        groups = self._desk.groups.get_many(plan.group_ids)
        frozen = {
            "plan": plan.to_json(),
            "groups": [groups[one].to_json() for one in plan.group_ids if one in groups],
            "frozenAt": clock.iso(self._desk.clock()),
        }
        return self._start(plan, frozen, by, is_drill=is_drill, reason=reason, retry_of=None)

    def retry(self, execution_id: str, by: Identity, reason: str, typed: str | None) -> Run:
        """A new run of what this one froze: what completed is taken over."""
        before = self._seen(execution_id, by)
        if before.status not in _RETRIED:
            raise Conflict(
                f"The run is {before.status}; only one that has FAILED, TIMED_OUT or is CANCELLED "
                "can be retried."
            )
        if before.retried_by is not None:
            raise self._retried_already(before.retried_by)
        if not before.is_drill:
            _require_name(before.plan_name, typed)
        frozen = self._desk.store.plan(execution_id)
        plan = RecoveryPlan.from_json(frozen["plan"])
        words = {name: frozen[name] for name in ("plan", "groups", "frozenAt")}
        return self._start(
            plan, words, by, is_drill=before.is_drill, reason=reason, retry_of=before
        )

    def pause(self, execution_id: str, by: Identity, reason: str) -> Done:
        """Nothing new starts; what runs settles; then it waits for a person."""

        def change(state: RunState, now: datetime) -> Done:
            return paused(state.run, Request(by=by.name, at=now, reason=reason))

        return self._act(execution_id, by, "runPaused", reason, change)

    def resume(
        self, execution_id: str, by: Identity, reason: str, waves: Sequence[str] | None
    ) -> Done:
        """Go on: out of a pause, or past the waves that are held."""

        def change(state: RunState, now: datetime) -> Done:
            return resumed(state, Request(by=by.name, at=now, reason=reason), waves)

        named = {"waves": list(waves)} if waves is not None else {}
        done = self._act(execution_id, by, "runResumed", reason, change, **named)
        self._answer(done.run)
        return done

    def cancel(self, execution_id: str, by: Identity, reason: str, *, cleanup: bool) -> Done:
        """Nothing new starts, jobs of DRS are watched to their end, then it is over."""

        def change(state: RunState, now: datetime) -> Done:
            asked = Request(by=by.name, at=now, reason=reason, cleanup=cleanup)
            return cancelled(state.run, asked)

        done = self._act(execution_id, by, "runCancelled", reason, change, cleanup=cleanup)
        self._answer(done.run)
        return done

    def clean_up(self, execution_id: str, by: Identity, reason: str) -> Done:
        """Terminate what a drill that is over has launched."""

        def change(state: RunState, now: datetime) -> Done:
            done = cleaned_up(state.run, Request(by=by.name, at=now, reason=reason))
            self._require_not_in_use(state.run)
            return done

        done = self._act(execution_id, by, "runCleanedUp", reason, change)
        self._start_execution(done.run, done.run.cleanups)
        return done

    def _start(
        self,
        plan: RecoveryPlan,
        frozen: Mapping[str, Any],
        by: Identity,
        *,
        is_drill: bool,
        reason: str | None,
        retry_of: Run | None,
    ) -> Run:
        desk, now = self._desk, self._desk.clock()
        run = Run(
            execution_id=f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
            plan_id=plan.plan_id,
            plan_name=plan.name,
            is_drill=is_drill,
            requested_by=by.name,
            reason=reason,
            retry_of=retry_of.execution_id if retry_of else None,
            started_at=now,
            open=OPEN,
            time_scale=desk.time_scale,
            on_failure=plan.on_failure,
            rto_minutes=plan.rto_minutes,
            rpo_minutes=plan.rpo_minutes,
            timeout_minutes=plan.timeout_minutes,
            pause_timeout_minutes=plan.pause_timeout_minutes,
            waves=len(plan.waves),
        )
        arn = execution_arn(desk.state_machine, execution_name(run))
        run = replace(run, execution_arn=arn)
        started = Startable(store=desk.store, directory=desk.directory, leases=desk.leases)
        started.require(run, plan, groups_of(frozen))
        if retry_of is None:
            self._require_none_pending(plan)
        action = "runRetried" if retry_of else "drillStarted" if is_drill else "recoveryStarted"
        after = {"planId": plan.plan_id, "planVersion": plan.version, "isDrill": is_drill}
        if retry_of:
            after["retryOf"] = retry_of.execution_id
        records = [
            self._told(by, run.execution_id, action, now, reason=reason, after=after),
            plan_write(desk.store.table, run.execution_id, frozen),
        ]
        changed = [replace(retry_of, retried_by=run.execution_id)] if retry_of else []
        try:
            desk.store.save([*changed, run], records)
        except Changed:
            raise Conflict(
                "Somebody acts on the same run at this moment. Look at it, and try again."
            ) from None
        self._start_execution(run)
        return replace(run, version=1)

    def _require_none_pending(self, plan: RecoveryPlan) -> None:
        """One that was accepted a moment ago holds no servers yet, and will."""
        for run in self._desk.runs.of_plan(plan.plan_id, limit=_LATEST)[0]:
            if run.status is RunStatus.PENDING:
                raise Conflict(
                    f"The run {run.execution_id} of this plan, which {run.requested_by} asked for "
                    f"at {clock.iso(run.started_at)}, is about to begin. Wait until it has ended, "
                    "or cancel it.",
                    details={"executionId": run.execution_id, "status": run.status.value},
                )

    def _retried_already(self, newer_id: str) -> Conflict:
        """Its retry knows what was launched since; a second one of it would launch that anew."""
        newer = self._desk.store.run(newer_id)
        then = "Retry that one." if newer.status in _RETRIED else "See how that one goes."
        if newer.status is RunStatus.COMPLETED:
            then = "To run the plan once more, start it."
        return Conflict(
            f"The run was retried already, by the run {newer_id}, which is {newer.status}. {then}",
            details={"executionId": newer_id, "status": newer.status.value},
        )

    def _require_not_in_use(self, run: Run) -> None:
        """A retry that is under way relies on what it took over."""
        while run.retried_by is not None:
            run = self._desk.store.run(run.retried_by)
            if not run.ended:
                raise Conflict(
                    f"The run {run.execution_id} retries it and uses what it launched. Wait until "
                    "that run has ended, or cancel it.",
                    details={"executionId": run.execution_id, "status": run.status.value},
                )

    def _seen(self, execution_id: str, by: Identity) -> Run:
        run = self._desk.store.run(execution_id)
        if not run.is_drill:
            by.require(Permission.RUN_RECOVERY)
        return run

    def _act(
        self,
        execution_id: str,
        by: Identity,
        action: str,
        reason: str,
        change: Callable[[RunState, datetime], Done],
        **after: Any,
    ) -> Done:
        desk = self._desk
        for _ in range(_TRIES):
            self._seen(execution_id, by)
            state, now = desk.store.load(execution_id), desk.clock()
            done = change(state, now)
            told = {"status": done.run.status.value, **after}
            before = {"status": state.run.status.value}
            record = self._told(
                by, execution_id, action, now, reason=reason, before=before, after=told
            )
            try:
                [run] = desk.store.save([done.run], [record])
            except Changed:
                continue  # the engine wrote meanwhile: decide again by what is there now
            return replace(done, run=run)  # type: ignore[arg-type]
        raise Unavailable("The run changes faster than it can be written. Try again.")

    def _answer(self, run: Run) -> None:
        """Wake a run that waits for its token; the watcher does it if this fails."""
        for token in run.tokens:
            self._desk.executions.answer(token, state_object(run, self._desk.clock()))

    def _start_execution(self, run: Run, cleanup: int = 0) -> None:
        try:
            self._desk.executions.start(run, cleanup)
        except (BotoCoreError, ClientError, ApiError):
            # The run is written: the watcher starts it within two minutes.
            logger.exception("Step Functions did not start the execution", run=run.execution_id)

    def _told(
        self, by: Identity, execution_id: str, action: str, at: datetime, **what: Any
    ) -> Write:
        subject = audit.execution_subject(execution_id)
        record = audit.record(by, subject, action, at=at, **what)
        return Write(
            action=record.append_to(self._desk.audit_table),
            refused=lambda: Changed("the audit record"),
        )


def _require_name(name: str, typed: str | None) -> None:
    if typed != name:
        raise Unprocessable(
            f"This starts a REAL recovery. Type the plan's name to confirm it: {name}",
            details=[{"place": "planName", "code": "nameNotTyped", "value": typed}],
        )
