"""What people are alerted to, and what a row and its states give cause for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from breakwater import contract
from breakwater.index import watch
from breakwater.index.row import Row
from breakwater.platform.clock import iso
from breakwater.workflows.profiles import Profile

UNKNOWN_MACHINE = timedelta(hours=1)
"""Until a machine is looked at again of which too little is known to call anything slow."""

AGAIN = timedelta(minutes=5)
"""Between two looks at the states of one execution."""


class AlertKind(StrEnum):
    """What happened."""

    AT_RISK = "slaAtRisk"
    BREACHED = "slaBreached"
    SLOW_STATE = "slowState"


@dataclass(frozen=True, slots=True, kw_only=True)
class InState:
    """A state that an execution is in."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look at the states of an execution came to."""

    slow: InState | None
    """The one to tell of: slower than its own p95, and not told yet."""

    again_at: str
    """When to look next."""

    current: str | None = None
    """The state that was entered last."""


def target_alert(row: Row, now: datetime) -> AlertKind | None:
    """What is to be told of its target, and was not yet.

    When both moments have passed, by a sweep that comes late or a target of seconds, the warning is
    no news any more: the breach alone is told.
    """
    if row.sla_breached_at or not row.sla_target_seconds:
        return None
    if not row.is_open:
        return AlertKind.BREACHED if watch.owes_an_alert(row) and watch.ended_late(row) else None
    breach, risk = watch.at_share(row, 1.0), watch.at_share(row, contract.SLA_AT_RISK)
    if breach is not None and now > breach:
        return AlertKind.BREACHED
    if risk is not None and now >= risk and not row.sla_warned_at:
        return AlertKind.AT_RISK
    return None


def first_look_at(row: Row, profile: Profile | None, now: datetime) -> str | None:
    """When to look at its states, without asking for them; None: now.

    As long as the execution as a whole takes no longer than nearly all did, no state can be the one
    that keeps people waiting.
    """
    if profile is None or profile.p95 is None or not profile.is_slow(float("inf")):
        return iso(now + UNKNOWN_MACHINE)
    started = datetime.fromisoformat(row.redrive_date or row.start_date)
    past = started + timedelta(seconds=profile.p95)
    return iso(past) if now <= past else None


def looked(row: Row, states: Sequence[InState], profile: Profile, now: datetime) -> Looked:
    """What its states give cause for: the slowest of those that were not told yet."""
    told = set(row.slow_states or ())
    slow = [one for one in states if _is_slow(one, profile, now) and one.name not in told]
    turns = [
        moment
        for one in states
        if (moment := _slow_from(one, profile)) is not None and moment > now
    ]
    again = min([*turns, now + AGAIN]) if not slow else now + AGAIN
    newest = max(states, key=lambda one: one.since, default=None)
    return Looked(
        slow=min(slow, key=lambda one: one.since, default=None),
        again_at=iso(again),
        current=newest.name if newest else None,
    )


def states_now(events: Sequence[Mapping[str, object]]) -> list[InState]:
    """The states that were entered and not left.

    :param events: the newest part of a history, oldest first; of states entered before it began
        nothing is known.
    """
    inside: dict[str, list[datetime]] = {}
    for event in events:
        kind = str(event.get("type"))
        if kind.endswith("StateEntered"):
            entered: datetime = event["timestamp"]  # type: ignore[assignment]
            inside.setdefault(_name(event, "stateEnteredEventDetails"), []).append(entered)
        elif kind.endswith("StateExited"):
            visits = inside.get(_name(event, "stateExitedEventDetails"))
            if visits:
                visits.pop(0)  # of visits at one time nobody can say which: the oldest
        elif kind == "ExecutionRedriven":
            inside.clear()
    return [
        InState(name=name, since=visits[0]) for name, visits in inside.items() if visits and name
    ]


def _name(event: Mapping[str, object], details: str) -> str:
    said = event.get(details)
    return str(said.get("name", "")) if isinstance(said, Mapping) else ""


def _is_slow(state: InState, profile: Profile, now: datetime) -> bool:
    return profile.is_slow_step(state.name, (now - state.since).total_seconds())


def _slow_from(state: InState, profile: Profile) -> datetime | None:
    step = profile.steps.get(state.name)
    if step is None or not profile.is_slow_step(state.name, float("inf")):
        return None
    # A moment later: slower than p95 is more than p95.
    return state.since + timedelta(seconds=step.p95, milliseconds=1)
