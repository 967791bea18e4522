"""One pass over the events: each is placed into the steps that it belongs to, in constant time.

The rule: remember where each event happened. The next event hangs off a previous one; from there
it climbs from step to containing step until one fits. Where the link is missing, leads nowhere or
lies, the last place and the names of open steps take its part. What fits nowhere is kept and
counted. Nothing that an event contains can make this raise.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from breakwater.timeline import placing_attempts, placing_ends, placing_lanes, placing_steps
from breakwater.timeline.bench import BEGINNING_OF_TIME, Bench, Details
from breakwater.timeline.builders import Place
from breakwater.timeline.canonical import canonical
from breakwater.timeline.definition import Definition
from breakwater.timeline.event_rules import RULES, Rule, Tells, rule_of
from breakwater.timeline.moments import moment

_NOTHING: dict[str, Any] = {}

Handler = Callable[[Bench, Rule, Place | None, Details], Place | None]


def _nothing_known(
    _bench: Bench, _rule: Rule, _at: Place | None, _details: Details
) -> Place | None:
    """A type that nobody knows: it is kept and counted."""
    return None


HANDLERS: dict[Tells, Handler] = {
    Tells.EXECUTION_STARTED: placing_ends.execution_started,
    Tells.EXECUTION_ENDED: placing_ends.execution_ended,
    Tells.REDRIVEN: placing_ends.redriven,
    Tells.ENTERED: placing_steps.entered,
    Tells.EXITED: placing_steps.exited,
    Tells.STATE_ABORTED: placing_steps.state_aborted,
    Tells.EVALUATION_FAILED: placing_steps.evaluation_failed,
    Tells.SCHEDULED: placing_attempts.scheduled,
    Tells.STARTED: placing_attempts.started,
    Tells.SUBMITTED: placing_attempts.submitted,
    Tells.ENDED: placing_attempts.ended,
    Tells.ROUND_STARTED: placing_lanes.round_started,
    Tells.ROUND_ENDED: placing_lanes.round_ended,
    Tells.ITERATION_STARTED: placing_lanes.iteration_started,
    Tells.ITERATION_ENDED: placing_lanes.iteration_ended,
    Tells.MAP_RUN: placing_lanes.map_run,
    Tells.UNKNOWN: _nothing_known,
}
_DISPATCH: dict[str, tuple[Handler, str, Rule]] = {
    kind: (HANDLERS[rule.tells], rule.member, rule) for kind, rule in RULES.items()
}


class Engine:
    """Takes events in the order of their ids, and holds what is known after each."""

    def __init__(self, definition: Definition | None = None) -> None:
        self.bench = Bench(definition)
        self.version = 0
        """How often something was taken: a timeline knows by it whether it is the newest."""

        self.given: list[Any] = []
        """All that was given, as it was given, without what was known already."""

        self.events: list[dict[str, Any]] = []
        """Those taken, in the order of ids."""

        self.misfits: list[Any] = []
        """What was given as an event and is none: no number, no type."""

        self.unplaced: list[dict[str, Any]] = []
        self._frame: dict[int, Place | None] = {}
        self._last = -1
        self.earliest: datetime | None = None
        self.latest: datetime | None = None

    def take(self, events: Iterable[Any]) -> bool:
        """Place these events. False when one came too late, after one with a higher id: then
        everything has to be taken again, in order.
        """
        events = list(events)
        self.version += 1
        repeated: Counter[int] = Counter()
        bench, frame, dispatch = self.bench, self._frame, _DISPATCH
        keep = self.events.append
        for given in events:
            event = given
            if (
                event.__class__ is not dict
                or event.get("id").__class__ is not int
                or event.get("type").__class__ is not str
            ):
                event = canonical(given)
                if event is None:
                    self.misfits.append(given)
                    continue
            number = event["id"]
            if number <= self._last:
                again = self._again(number, event)
                if again is None:
                    return False
                repeated[id(given)] += again
                continue
            self._last = number
            keep(event)
            reading = dispatch.get(event["type"])
            if reading is None:
                rule = rule_of(event["type"])
                reading = (HANDLERS[rule.tells], rule.member, rule)
            handler, member, rule = reading
            details = event.get(member)
            if details.__class__ is not dict:
                details = _NOTHING
            previous = event.get("previousEventId")
            at = frame.get(previous) if previous.__class__ is int else None
            bench.event = number
            bench.now = self._when(event)
            place = handler(bench, rule, at, details)
            if place is None:
                self.unplaced.append(event)
                place = bench.place
            frame[number] = bench.place = place
        self.given += _without(events, repeated)
        return True

    def _when(self, event: dict[str, Any]) -> datetime:
        """When it happened; time does not run backwards within a history."""
        when = moment(event.get("timestamp"))
        latest = self.latest
        if when is None or (latest is not None and when < latest):
            return latest if latest is not None else BEGINNING_OF_TIME
        self.latest = when
        if latest is None:
            self.earliest = when
        return when

    def _again(self, number: int, event: dict[str, Any]) -> bool | None:
        """An event that is known already? None when it is late. One that contradicts what is known
        is kept and counted.
        """
        at = bisect_left(self.events, number, key=lambda known: known["id"])
        if at == len(self.events) or self.events[at]["id"] != number:
            return None
        if self.events[at]["type"] == event["type"]:
            return True
        self.unplaced.append(event)
        return False


def _without(events: list[Any], repeated: Counter[int]) -> list[Any]:
    """These events but for the repeated: whoever polls with an overlap makes nothing grow."""
    if not repeated:
        return events
    kept = []
    for event in reversed(events):  # of two that are one, the first stays
        if repeated[id(event)]:
            repeated[id(event)] -= 1
        else:
            kept.append(event)
    return kept[::-1]


def engine_for(given: Sequence[Any], definition: Definition | None) -> Engine:
    """An engine that has taken all of this, in whatever order it came."""
    engine = Engine(definition)
    if engine.take(given):
        return engine
    readable = [(event, canonical(event)) for event in given]
    engine = Engine(definition)
    known = [event for _, event in readable if event is not None]
    engine.take(sorted(known, key=lambda event: int(event["id"])))
    engine.misfits = [event for event, read in readable if read is None]
    engine.given = list(given)
    return engine
