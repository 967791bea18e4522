"""What is due next about a row, and when: the order of the sparse index. Pure.

An open row stands there under the next moment at which somebody must look at it: its target comes
near (90 %), is passed, or its states are to be looked at. So a sweep finds what is due by one
question, however many are open. A row whose execution ended late stays until that is told.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from breakwater.index.row import Row

OPEN = "OPEN"
ATTENTION = "ATTENTION"
ALERT = "ALERT"
"""It has ended, and something about it must still be told."""

NEVER = "9999"  # sorts after every time
FIRST_LOOK = timedelta(minutes=5)
"""After its start. Most executions are over before, and cost the watch nothing."""

NEWS = timedelta(hours=1)
"""So long after its end it is still told that an execution was late. What a backfill finds is not
news.
"""

_WATCHED = (
    *("sla_warned_at", "sla_breached_at"),
    *("slow_state", "slow_state_since", "slow_states"),
    *("current_step", "current_step_at"),
    *("untold", "quiet_until", "look_at"),
)


def kept_among(row: "Row") -> str | None:
    """The partition of the sparse index that has it; None: not in it."""
    if row.is_open:
        return OPEN
    if row.attention:
        return ATTENTION
    return ALERT if owes_an_alert(row) else None


def due_at(row: "Row") -> str | None:
    """When something about it is due."""
    if not row.is_open:
        if row.attention:
            return NEVER
        return (row.quiet_until or row.stop_date) if owes_an_alert(row) else None
    return row.quiet_until or min(_target_at(row), look_at(row))


def owes_an_alert(row: "Row") -> bool:
    """Of a row that has ended: is there something that people should hear?"""
    return bool(row.untold) or (ended_late(row) and not row.sla_breached_at and _is_news(row))


def ended_late(row: "Row") -> bool:
    """It took longer than its target."""
    target, took = row.sla_target_seconds, row.duration_seconds
    return bool(target and took is not None and took > target)


def look_at(row: "Row") -> str:
    """When its states are to be looked at; only Step Functions tells states."""
    if not row.execution_arn.startswith("arn:"):
        return NEVER
    return row.look_at or iso(datetime.fromisoformat(row.start_date) + FIRST_LOOK)


def at_share(row: "Row", share: float) -> datetime | None:
    """When this share of its target has passed, counted from the start over all attempts."""
    if not row.sla_target_seconds:
        return None
    started = datetime.fromisoformat(row.start_date)
    return started + timedelta(seconds=row.sla_target_seconds * share)


def watched(row: "Row") -> dict[str, Any]:
    """What is known by watching, field by field."""
    return {field: getattr(row, field) for field in _WATCHED}


def _target_at(row: "Row") -> str:
    if row.sla_breached_at:
        return NEVER
    share = 1.0 if row.sla_warned_at else contract.SLA_AT_RISK
    moment = at_share(row, share)
    return iso(moment) if moment else NEVER


def _is_news(row: "Row") -> bool:
    if not row.stop_date or not row.indexed_at:
        return False
    ended, written = (datetime.fromisoformat(one) for one in (row.stop_date, row.indexed_at))
    return written - ended <= NEWS
