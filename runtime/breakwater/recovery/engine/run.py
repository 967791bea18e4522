"""A recovery run: the item `EXECUTION`. The engine and people's actions write it, each on the
condition that it is as they saw it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from breakwater.recovery.engine.event import Event, EventKind
from breakwater.recovery.engine.request import Request
from breakwater.recovery.engine.status import ENDED, RunStatus, require_transition
from breakwater.recovery.recovery_plan import OnFailure

ITEM_KEY = "EXECUTION"
OPEN = "OPEN"
LONGEST_OPEN = timedelta(days=364)
"""Step Functions ends an execution after a year, whatever it waits for."""

PENDING_STATUSES = frozenset({RunStatus.PAUSING, RunStatus.CANCELLING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which the run waited for a person, and nothing was under way."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a plan."""

    execution_id: str
    item_key: str = ITEM_KEY
    version: int = 0
    """0: not written yet."""

    plan_id: str
    plan_name: str
    is_drill: bool
    status: RunStatus = RunStatus.PENDING
    requested_by: str
    reason: str | None = None
    retry_of: str | None = None
    retried_by: str | None = None

    started_at: datetime
    """When a person asked for it: recovery time is measured from here."""

    begun_at: datetime | None = None
    """When the engine took it up: timeouts are measured from here."""

    ended_at: datetime | None = None
    polled_at: datetime | None = None
    polls: int = 0
    """How many times the engine has looked at it."""

    execution_arn: str | None = None
    time_scale: int = 1
    """How many times faster than the wall clock the run's minutes pass: 1 on AWS."""

    on_failure: OnFailure = OnFailure.STOP
    rto_minutes: int | None = None
    rpo_minutes: int | None = None
    timeout_minutes: int
    pause_timeout_minutes: int

    frozen: bool = False
    """Its servers are written down; from here on nothing is resolved again."""

    leased: bool = False
    """It may hold leases of servers."""

    open: str | None = None
    """In the sparse index while anything is left to do: also after its end, while leases are held
    or a cleanup runs."""

    waves: int = 0
    waves_ended: int = 0
    servers: int = 0
    servers_launched: int = 0
    servers_failed: int = 0

    cause: str | None = None
    """Why it did not complete, in one sentence."""

    attention: tuple[str, ...] = ()
    """What keeps it from going on right now, in sentences."""

    pause_requested: Request | None = None
    cancel_requested: Request | None = None
    released: tuple[str, ...] = ()
    """Names of waves that a person has let go."""

    resumed: Request | None = None
    """The answer to the pause that it is in; there is one answer to each."""

    task_token: str | None = None
    """Never leaves the backend."""

    earlier_tokens: tuple[str, ...] = ()
    """Of this pause too: Step Functions makes a token for each try, and which of them it waits for
    nobody can tell from their order."""

    paused_since: datetime | None = None
    paused_seconds: float = 0.0
    """Of ended pauses, by the wall clock."""

    pauses: tuple[Pause, ...] = ()
    """Those that have ended; runs of earlier releases do not have them."""

    cleanup_incomplete: bool = False
    cleanups: int = 0
    """How many times a cleanup was asked for after the end."""

    cleaning: Request | None = None
    """The cleanup that is under way after the end."""

    rto_at_risk: bool = False
    """People were told that 90 % of the objective have passed, or that it is missed."""

    rto_missed: bool = False
    waiting_too_long: bool = False
    wait_seconds: int = 5
    outbox: tuple[Event, ...] = ()

    @property
    def ended(self) -> bool:
        """Nothing will be launched any more."""
        return self.status in ENDED

    @property
    def tokens(self) -> tuple[str, ...]:
        """All tokens of this pause; one of them is waited for."""
        return (*((self.task_token,) if self.task_token else ()), *self.earlier_tokens)

    def waits_by(self, token: str) -> Self:
        """Paused, to be resumed by this token, too."""
        earlier = tuple(one for one in self.tokens if one != token)
        return replace(self, task_token=token, earlier_tokens=earlier)

    def cleans(self, round_: int) -> bool:
        """Is its n-th cleanup under way?"""
        return self.cleaning is not None and self.cleanups == round_

    def became(self, status: RunStatus) -> Self:
        """With another status, if it may follow."""
        require_transition(self.status, status)
        return replace(self, status=status)

    def tells(self, kind: EventKind, at: datetime, text: str, **more: object) -> Self:
        """With something to tell people."""
        event = Event(kind=kind, at=at, text=text, **more)  # type: ignore[arg-type]
        return replace(self, outbox=(*self.outbox, event))

    def real(self, minutes: float) -> timedelta:
        """So many of the run's minutes, by the wall clock."""
        return timedelta(minutes=minutes / self.time_scale)

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """So many of the run's seconds."""
        return (end - start).total_seconds() * self.time_scale

    def paused_until(self, now: datetime) -> timedelta:
        """How long it has been paused altogether, by the wall clock."""
        current = now - self.paused_since if self.paused_since else timedelta()
        return timedelta(seconds=self.paused_seconds) + current

    def goes_on(self, now: datetime) -> Self:
        """Not paused any more, if it was."""
        if self.paused_since is None:
            return self
        until = max(now, self.paused_since)
        return replace(
            self,
            paused_since=None,
            paused_seconds=self.paused_until(until).total_seconds(),
            pauses=(*self.pauses, Pause(since=self.paused_since, until=until)),
            task_token=None,
            earlier_tokens=(),
        )

    def deadline(self, now: datetime) -> datetime | None:
        """When the plan's time is over; paused time does not count."""
        if self.begun_at is None:
            return None
        return self.begun_at + self.real(self.timeout_minutes) + self.paused_until(now)

    def pause_deadline(self) -> datetime | None:
        """When a pause has lasted too long."""
        if self.paused_since is None:
            return None
        return self.paused_since + self.longest_pause(self.paused_since)

    def longest_pause(self, since: datetime) -> timedelta:
        """How long it may be paused from then on, by the wall clock."""
        left = self.started_at + LONGEST_OPEN - since
        return min(self.real(self.pause_timeout_minutes), max(left, timedelta()))
