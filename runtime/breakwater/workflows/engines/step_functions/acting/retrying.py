"""How a retry is done: AWS's redrive where AWS allows it, else a new execution. Pure.

A redrive goes on where it failed, with the same input and definition, and repeats nothing that
succeeded. A new execution does everything again. From any other step AWS offers nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from breakwater.platform.http.errors import Conflict
from breakwater.timeline import statuses
from breakwater.timeline.step import Step
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.engines.step_functions.acting.execution_now import ExecutionNow

MOST_EVENTS = 25_000
"""Of a history, by AWS: what comes after fails."""

_TOLD = 100
_AGAIN = statuses.INTERRUPTED


class Way(StrEnum):
    """How it is retried."""

    REDRIVE = "redrive"
    NEW = "new"


_POSSIBLE = {
    Way.REDRIVE: "the failed step, {}, by a redrive",
    Way.NEW: "the first step, {}, by a new execution",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The two steps that a retry can begin with; names as people see them, where they are clear."""

    first: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    first_name: str | None = None
    failed_name: str | None = None


def ends_of(timeline: Timeline) -> Ends:
    """By number, id, path and name of the steps; a name that occurs elsewhere, too, is left out."""
    steps = timeline.steps
    first = steps[0] if steps else None
    number = timeline.failure.step if timeline.failure else None
    failed = timeline.step(number) if number is not None else None
    of_first, of_failed = _words(first, steps), _words(failed, steps)
    return Ends(
        first=of_first,
        failed=of_failed,
        first_name=_told_as(first, of_first),
        failed_name=_told_as(failed, of_failed),
    )


def way_of(now: ExecutionNow, from_step: str | None, ends: Ends | None) -> Way:
    """The way; Conflict, with what is possible, where AWS offers none from that step.

    :param ends: needed where a step is asked for.
    """
    if from_step is None:
        return Way.REDRIVE if now.is_redrivable else Way.NEW
    known = ends or Ends()
    if from_step in known.failed and now.is_redrivable:
        return Way.REDRIVE
    if from_step in known.first:
        return Way.NEW
    possible = [_POSSIBLE[Way(one["way"])].format(one["step"]) for one in _named(now, known)]
    why = f"It cannot be retried from {from_step[:80]!r}."
    if from_step in known.failed:
        why = f"AWS does not redrive it: {now.not_redrivable_because}"
    raise Conflict(
        f"{why} Possible: {'; '.join(possible) or 'to leave fromStep out'}.",
        details={"fromStep": _named(now, known), "awsReason": _reason(now)},
    )


def retry_told(
    now: ExecutionNow,
    timeline: Timeline,
    *,
    new_name: str,
    events: int | None,
    definition_changed: bool | None,
) -> Mapping[str, Any]:
    """What a retry would do.

    :param events: how long the history is.
    """
    ends, way = ends_of(timeline), way_of(now, None, None)
    again = [step.path for step in timeline.steps if step.status in _AGAIN]
    return {
        "way": way.value,
        "redriveStatus": now.described.get("redriveStatus"),
        "redriveStatusReason": _reason(now),
        "fromSteps": _named(now, ends),
        "runsAgain": again[:_TOLD] if way is Way.REDRIVE else [],
        "runsAgainTotal": len(again) if way is Way.REDRIVE else None,
        "eventsUsed": events,
        "eventsLeft": max(0, MOST_EVENTS - events) if events is not None else None,
        "definitionChanged": definition_changed,
        "newName": new_name if way is Way.NEW else None,
        "message": _sentence(now, way, len(again), definition_changed=definition_changed),
    }


def _sentence(now: ExecutionNow, way: Way, again: int, *, definition_changed: bool | None) -> str:
    if way is Way.REDRIVE:
        changed = " The definition was changed since: a redrive uses the old one."
        return (
            f"It goes on where it failed: {again} steps that failed, timed out or were aborted run "
            "again with the same input; what succeeded does not. Attempts and timeouts begin anew."
            f"{changed if definition_changed else ''}"
        )
    changed = " The definition was changed since: the new execution uses the new one."
    return (
        f"AWS does not redrive it ({now.not_redrivable_because}). A new execution with the same "
        f"input does everything again.{changed if definition_changed else ''}"
    )


def _named(now: ExecutionNow, ends: Ends) -> Sequence[Mapping[str, str]]:
    told = []
    if ends.failed_name and now.is_redrivable:
        told.append({"step": ends.failed_name, "way": Way.REDRIVE.value})
    if ends.first_name and (not told or ends.first_name != ends.failed_name):
        told.append({"step": ends.first_name, "way": Way.NEW.value})
    return told


def _reason(now: ExecutionNow) -> str | None:
    return None if now.is_redrivable else now.not_redrivable_because


def _words(step: Step | None, steps: Sequence[Step]) -> frozenset[str]:
    if step is None:
        return frozenset()
    words = {_id(step)}
    if sum(one.path == step.path for one in steps) == 1:
        words.add(step.path)
    if sum(one.name == step.name for one in steps) == 1:
        words.add(step.name)
    return frozenset(words)


def _told_as(step: Step | None, words: frozenset[str]) -> str | None:
    """A word that leads back to it: of a state that was entered again, its id."""
    if step is None:
        return None
    return step.path if step.path in words else _id(step)


def _id(step: Step) -> str:
    return str(step.entered_event)
