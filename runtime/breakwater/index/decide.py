"""The order rule: what a sighting changes, whenever it arrives. Pure.

An execution's life is a row of attempts (the first, then one per redrive), each of which is open
and then ends. Where a sighting stands in that life is said by (redriveCount, ended?, time), never
by when it arrived. So rows do not depend on the order, on repetitions, or on what arrived between.

Events need not say the redriveCount. Where the times do not settle which attempt an event speaks
of, the answer is to ask Step Functions.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from breakwater.index.at_gate import is_overdue
from breakwater.index.candidate import CONFLICT, INPUT, NAME
from breakwater.index.observation import Observation, Source
from breakwater.index.row import Row
from breakwater.index.status import GONE
from breakwater.index.watch import watched


class Verdict(Enum):
    """What to do about a sighting."""

    WRITE = "write"
    NOTHING = "nothing"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict; with WRITE, the row as it shall be."""

    verdict: Verdict
    row: Row | None = None


_NOTHING = Decision(verdict=Verdict.NOTHING)


def decide(current: Row | None, seen: Observation, new: Row) -> Decision:
    """What becomes of the row.

    :param current: as it stands; None: there is none.
    :param new: the row that this sighting alone would make.
    """
    if current is None:
        return Decision(verdict=Verdict.WRITE, row=new)
    count = _attempt(current, seen)
    if count is None:
        return Decision(verdict=Verdict.ASK)
    new = replace(new, redrive_count=count)
    row = _completed(_merged(current, seen, new), current, new, seen)
    if row.says_the_same(current):
        return _NOTHING
    return Decision(verdict=Verdict.WRITE, row=replace(row, revision=current.revision))


def _attempt(current: Row, seen: Observation) -> int | None:
    """Which attempt the sighting speaks of; None: its times do not say."""
    if seen.redrive_count is not None:
        return seen.redrive_count
    if seen.is_open:
        return current.redrive_count if _is_older(seen, current.stop_date) else None
    if current.stop_date is not None:
        same = seen.status == current.status and seen.stopped == _moment(current.stop_date)
        return current.redrive_count if same else None
    if current.redrive_count == 0:
        return 0
    redriven = _moment(current.redrive_date)
    if redriven is None or seen.stopped is None or seen.stopped == redriven:
        return None
    return current.redrive_count - (seen.stopped < redriven)


def _is_older(seen: Observation, stop_date: str | None) -> bool:
    """Open, and the row has ended: is it an old event that comes late? Else it may be a redrive.

    Events tell their own time in whole seconds, so within the same second nobody can say.
    """
    stopped = _moment(stop_date)
    return stopped is None or int(seen.at.timestamp()) < int(stopped.timestamp())


def _merged(current: Row, seen: Observation, new: Row) -> Row:
    """The lifecycle that stands: the new one, the current one, or the two in conflict."""
    here, there = (current.redrive_count, current.rank), (new.redrive_count, new.rank)
    if there != here:
        back = seen.first_hand and current.status == GONE and there[0] == here[0]
        return new if there > here or back else current
    if new.is_open or new.status == GONE:
        if new.status != current.status and new.confirmed_at > current.confirmed_at:
            return new
        return _confirmed(current, new) if seen.first_hand else current
    if not seen.first_hand and current.confirmed_by != Source.EVENT:
        return current  # Step Functions said how it ended; an event knows no better
    return new if seen.first_hand else _two_ends(current, new)


def _confirmed(current: Row, new: Row) -> Row:
    """Seen again as it was: only what was still to be found out changes."""
    return replace(
        current,
        confirmed_by=new.confirmed_by,
        confirmed_at=new.confirmed_at,
        misses=None,
    )


def _two_ends(current: Row, new: Row) -> Row:
    """The later end is shown, others are kept beside it; the same whichever came first."""
    winner, loser = sorted((current, new), key=_end, reverse=True)
    ends = {end["status"]: end for end in [*(current.conflict or []), *(new.conflict or [])]}
    if loser.status != winner.status:
        ends[loser.status] = {"status": loser.status, "stopDate": loser.stop_date}
    ends.pop(winner.status, None)
    return replace(winner, conflict=[ends[status] for status in sorted(ends)] or None)


def _end(row: Row) -> tuple[str, str]:
    return (row.stop_date or "", row.status)


def _completed(row: Row, current: Row, new: Row, seen: Observation) -> Row:
    """With what either of the two knows of the execution as such; who knows more goes first."""
    first, second = (current, new) if _knows(current) >= _knows(new) else (new, current)
    filled = {field: _either(field, first, second) for field in _OF_THE_EXECUTION}
    if current.redrive_count == new.redrive_count:
        filled["redrive_date"] = _either("redrive_date", current, new)
        if row.status == current.status == new.status:
            other = new if row is current else current
            filled |= {field: _either(field, row, other) for field in _OF_THE_END}
        # A redrive is watched anew; what was told of the same attempt stays told.
        filled |= watched(current)
    attention = [*(first.attention or ())]
    unsettled = [reason for reason in attention if reason != CONFLICT]
    overdue = seen.first_hand and is_overdue(replace(row, gate=current.gate), seen.at)
    return replace(
        row,
        gate=None if overdue else current.gate,
        agent_name=first.agent_name,
        attention=[*unsettled, *([CONFLICT] if row.conflict else [])] or None,
        **filled,
    )


def _knows(row: Row) -> int:
    """Nothing but the machine's name; its tags; its tags and the input."""
    attention = row.attention or ()
    return 0 if NAME in attention else 1 if INPUT in attention else 2


def _either(field: str, first: Row, second: Row) -> Any:
    value = getattr(first, field)
    return getattr(second, field) if value is None else value


# Known once, they stay: an execution keeps its input and its version for life.
_OF_THE_EXECUTION = (
    *("input_size", "version", "alias", "search"),
    *("priority", "triggered_by", "sla_target_seconds"),
)
_OF_THE_END = ("error", "cause", "output_size")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
