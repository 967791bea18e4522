"""What gates say of executions → PAUSED, laid over the lifecycle. Pure.

Step Functions calls an execution that is held at a gate RUNNING, and so does the lifecycle in its
row. What the gate said last stands beside it, and the two together are what is shown. So no status
change, however late, loses a pause or brings one back: an execution that ended is not paused, and
what was held before a redrive is not held after it.

A gate's words are ordered by the pause that they are about, not by when they come: held, then let
go; then the next pause.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breakwater.index.status import PAUSED, RUNNING
from breakwater.platform.clock import iso

if TYPE_CHECKING:
    from breakwater.index.row import Row

ATTRIBUTE = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWord:
    """What a gate says of an execution. Times are ISO-8601."""

    execution_arn: str
    asked_at: str
    """When the pause was asked for that this is about."""

    is_held: bool
    gate: str | None = None
    """The state that it is held in."""

    since: str = ""
    until: str = ""
    """When it fails if nobody resumes it."""


def heard(row: "Row", word: GateWord) -> "Row":
    """With what the gate said; the same row if that is known, or overtaken."""
    known, said = row.gate, _kept(word)
    if known is not None and _order(known) >= _order(said):
        return row
    if known is not None and word.is_held and known["askedAt"] == word.asked_at:
        # Two branches at two gates: it is held until the last of them is given up.
        said["until"] = max(known["until"], word.until)
    return replace(row, gate=said)


def is_held(row: "Row") -> bool:
    """Does it wait at a gate, as far as is known?"""
    known = row.gate
    if known is None or not known["isHeld"] or row.status != RUNNING:
        return False
    if not row.redrive_count:
        return True
    # Before its redrive it was held, too: it is only now if it came to the gate again.
    return row.redrive_date is not None and bool(known["since"] >= row.redrive_date)


def is_overdue(row: "Row", now: datetime) -> bool:
    """It is held longer than its gate holds anything, and runs all the same: it went on, by a
    Catch around the gate, or the gate could not say that it let it go.
    """
    return is_held(row) and row.gate is not None and row.gate["until"] < iso(now)


def shown_status(row: "Row") -> str:
    """As it is listed."""
    return PAUSED if is_held(row) else row.status


def lifecycle_status(values: Mapping[str, Any]) -> str:
    """What Step Functions calls it, of an item of the table."""
    status = str(values["status"])
    return RUNNING if status == PAUSED and values.get(ATTRIBUTE) is not None else status


def _kept(word: GateWord) -> dict[str, Any]:
    return {
        "askedAt": word.asked_at,
        "isHeld": word.is_held,
        "name": word.gate,
        "since": word.since,
        "until": word.until,
    }


def _order(known: Mapping[str, Any]) -> tuple[str, bool, str]:
    return (known["askedAt"], not known["isHeld"], known["since"])
