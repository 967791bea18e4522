"""What people do with runs: start, pause, resume, cancel, retry, clean up. Each with its reason.

Every action is one transaction: the run as it was seen, and the audit record. What cannot be done
now is a Conflict that says why and what can.
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
from breakwater.recovery.engine.beginning import groups_of
from breakwater.recovery.engine.pausing import held
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.run import OPEN, Run
from breakwater.recovery.engine.run_state import RunState
from breakwater.recovery.engine.run_store import Changed, RunStore, plan_write
from breakwater.recovery.engine.startable import Startable
from breakwater.recovery.engine.state_object import state_object
from breakwater.recovery.engine.status import RunStatus
from breakwater.recovery.engine.step_functions import execution_arn, execution_name
from breakwater.recovery.engine.watching import Executions
from breakwater.recovery.protection_group import ProtectionGroup
from breakwater.recovery.recovery_plan import RecoveryPlan
from breakwater.recovery.server_directory import ServerDirectory
from breakwater.recovery.server_leases import Leases

logger = Logger(child=True)
_TRIES = 6
_RETRIED = frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.CANCELLED})
_UNDER_WAY = frozenset({RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSING, RunStatus.PAUSED})


class Plans(Protocol):
    """The plans that there are."""

    def get(self, plan_id: str) -> RecoveryPlan:
        """NotFound if there is none."""


class Groups(Protocol):
    """The groups that there are."""

    def get_many(self, group_ids: Sequence[str]) -> Mapping[str, ProtectionGroup]:
        """Those that exist, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the desk needs."""

    store: RunStore
    plans: Plans
    groups: Groups
    directory: ServerDirectory
    leases: Leases
    executions: Executions
    state_machine: str
    audit_table: str
    time_scale: int
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an action did."""

    run: Run
    message: str
    within_seconds: int = 0
    """It takes effect within so many seconds, by the wall clock."""


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
            run = state.run
            if run.status is not RunStatus.RUNNING:
                raise _not_now(run, "paused", "RUNNING")
            asked = Request(by=by.name, at=now, reason=reason)
            run = replace(run.became(RunStatus.PAUSING), pause_requested=asked)
            within = _within(run, now)
            said = "Nothing new starts from the next look on; what runs is watched to its end."
            return Done(run=run, message=said, within_seconds=within)

        return self._act(execution_id, by, "runPaused", reason, change)

    def resume(
        self, execution_id: str, by: Identity, reason: str, waves: Sequence[str] | None
    ) -> Done:
        """Go on: out of a pause, or past the waves that are held."""

        def change(state: RunState, now: datetime) -> Done:
            return _resume(state, by, reason, waves, now)

        named = {"waves": list(waves)} if waves is not None else {}
        done = self._act(execution_id, by, "runResumed", reason, change, **named)
        self._answer(done.run)
        return done

    def cancel(self, execution_id: str, by: Identity, reason: str, *, cleanup: bool) -> Done:
        """Nothing new starts, jobs of DRS are watched to their end, then it is over."""

        def change(state: RunState, now: datetime) -> Done:
            run = state.run
            if run.cancel_requested is not None or run.status not in _UNDER_WAY:
                raise _not_now(run, "cancelled", "PENDING, RUNNING, PAUSING or PAUSED")
            if cleanup and not run.is_drill:
                raise Unprocessable(
                    "This is a real recovery: what it launched is never terminated by Breakwater. "
                    "Cancel it without cleanup.",
                    details=[{"place": "cleanup", "code": "notADrill"}],
                )
            asked = Request(by=by.name, at=now, reason=reason, cleanup=cleanup)
            run = replace(run, cancel_requested=asked)
            if run.status is not RunStatus.PAUSED:  # there it waits for its token to be answered
                run = run.became(RunStatus.CANCELLING)
            then = " Then what it launched is terminated." if cleanup else ""
            said = f"Nothing new starts. DRS cannot stop jobs: they are watched to their end.{then}"
            return Done(run=run, message=said, within_seconds=_within(run, now))

        done = self._act(execution_id, by, "runCancelled", reason, change, cleanup=cleanup)
        self._answer(done.run)
        return done

    def clean_up(self, execution_id: str, by: Identity, reason: str) -> Done:
        """Terminate what a drill that is over has launched."""

        def change(state: RunState, now: datetime) -> Done:
            run = state.run
            if not run.is_drill:
                raise Conflict(
                    "This was a real recovery: its servers are production now, and Breakwater "
                    "never terminates them."
                )
            if not run.ended:
                raise _not_now(run, "cleaned up", "over; or cancel it with cleanup")
            if run.cleaning is not None:
                asked = run.cleaning
                raise Conflict(f"{asked.by} started a cleanup at {clock.iso(asked.at)}.")
            self._require_not_in_use(run)
            asked = Request(by=by.name, at=now, reason=reason)
            run = replace(run, cleaning=asked, cleanups=run.cleanups + 1, open=OPEN)
            said = "The instances that this drill launched are listed, then terminated."
            if run.retry_of is not None:
                said += f" What it took over belongs to the run {run.retry_of}: clean that up, too."
            return Done(run=run, message=said)

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
        if run.task_token is not None:
            self._desk.executions.answer(run.task_token, state_object(run, self._desk.clock()))

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


def _resume(
    state: RunState, by: Identity, reason: str, waves: Sequence[str] | None, now: datetime
) -> Done:
    run, waiting = state.run, held(state)
    if run.ended or run.cancel_requested is not None or run.status is RunStatus.PENDING:
        raise _not_now(run, "resumed", "PAUSING or PAUSED, or have waves that are held")
    if run.resumed is not None:
        earlier = run.resumed
        raise Conflict(f"{earlier.by} resumed it at {clock.iso(earlier.at)}: {earlier.reason}")
    chosen = tuple(waiting if waves is None else dict.fromkeys(waves))
    strange = [one for one in chosen if one not in waiting]
    if strange:
        raise Conflict(
            f"Not held now: {', '.join(strange)}. Held: {', '.join(waiting) or 'nothing'}.",
            details={"held": list(waiting)},
        )
    if run.status is RunStatus.RUNNING and not chosen:
        raise Conflict("The run is not paused, and no wave is held: there is nothing to resume.")
    if run.status is RunStatus.PAUSED and not chosen and run.pause_requested is None:
        raise Conflict(
            f"The run waits for its waves {', '.join(waiting)}: name those to be released.",
            details={"held": list(waiting)},
        )
    decision = Request(by=by.name, at=now, reason=reason, waves=chosen)
    if run.status is RunStatus.PAUSED:
        return Done(run=replace(run, resumed=decision), message="It goes on now.")
    released = tuple(dict.fromkeys((*run.released, *chosen)))
    run = replace(run.became(RunStatus.RUNNING), pause_requested=None, released=released)
    said = f"Released: {', '.join(chosen)}." if chosen else "The pause is called off."
    return Done(run=run, message=said, within_seconds=_within(run, now))


def _within(run: Run, now: datetime) -> int:
    """When the engine looks again, at the latest."""
    if run.polled_at is None:
        return 5
    left = run.wait_seconds / run.time_scale - (now - run.polled_at).total_seconds()
    return max(1, round(left) + 1)


def _require_name(name: str, typed: str | None) -> None:
    if typed != name:
        raise Unprocessable(
            f"This starts a REAL recovery. Type the plan's name to confirm it: {name}",
            details=[{"place": "planName", "code": "nameNotTyped", "value": typed}],
        )


def _not_now(run: Run, done: str, needed: str) -> Conflict:
    asked = run.cancel_requested
    why = f" {asked.by} cancelled it at {clock.iso(asked.at)}." if asked else ""
    return Conflict(
        f"The run is {run.status}.{why} To be {done} it must be {needed}.",
        details={"status": run.status.value},
    )
