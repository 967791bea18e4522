"""How an alert is written on a row: claimed, then told, then done with. Pure.

Claimed first: of two sweeps at once one writes the row, and only that one tells people. What was
claimed stays `untold` until they were told; a sweep that finds it so after LEASE tells it, because
whoever claimed it is dead. So nobody misses an alert, and one comes twice only if the function is
killed in the moment between telling and noting it (docs/decisions/0060).
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from breakwater.index.row import Row
from breakwater.platform.clock import iso
from breakwater.workflows.sla.alert import AlertKind, InState, Looked

LEASE = timedelta(minutes=2)
"""Longer than a sweep may run."""

_MOST_STATES = 50
"""Told of one attempt; then it is known well enough that it is slow."""


def claimed(row: Row, kind: AlertKind, now: datetime) -> Row:
    """With an alert about its target."""
    marks = {
        AlertKind.AT_RISK: {"sla_warned_at": iso(now)},
        AlertKind.BREACHED: {"sla_breached_at": iso(now)},
    }[kind]
    return _untold(replace(row, **marks), kind, now)  # type: ignore[arg-type]


def noted(row: Row, seen: Looked, now: datetime) -> Row:
    """With what a look at its states came to."""
    row = replace(row, look_at=seen.again_at, current_step=seen.current, current_step_at=iso(now))
    told = row.slow_states or []
    if seen.slow is None or len(told) >= _MOST_STATES:
        return row
    row = replace(
        row,
        slow_state=seen.slow.name,
        slow_state_since=iso(seen.slow.since),
        slow_states=[*told, seen.slow.name],
    )
    return _untold(row, AlertKind.SLOW_STATE, now)


def taken_over(row: Row, now: datetime) -> Row:
    """What somebody claimed, and did not live to tell."""
    return replace(row, quiet_until=iso(now + LEASE))


def told(row: Row) -> Row:
    """People know."""
    return replace(row, untold=None, quiet_until=None)


def put_off(row: Row, until: datetime) -> Row:
    """Nothing is to be done about it before then."""
    return replace(row, quiet_until=iso(until))


def kinds(row: Row) -> list[AlertKind]:
    """What is claimed and not told; a word of a later release is passed over."""
    known = {kind.value for kind in AlertKind}
    return [AlertKind(word) for word in row.untold or () if word in known]


def slow_state(row: Row) -> InState | None:
    """The state that an alert is about."""
    if not row.slow_state or not row.slow_state_since:
        return None
    return InState(name=row.slow_state, since=datetime.fromisoformat(row.slow_state_since))


def alert_id(row: Row, kind: AlertKind) -> str:
    """The same whenever the same alert is told: whoever passes alerts on can leave out a second."""
    state = row.slow_state or "" if kind is AlertKind.SLOW_STATE else ""
    about = "#".join((row.execution_arn, str(row.redrive_count), kind.value, state))
    return hashlib.sha256(about.encode()).hexdigest()[:32]


def _untold(row: Row, kind: AlertKind, now: datetime) -> Row:
    untold = [*(row.untold or ()), kind.value]
    return replace(row, untold=untold, quiet_until=iso(now + LEASE))
