"""The state of a reconstruction: which steps are open, where each event happened, what it was.

What is done to it is in placing_steps, placing_attempts, placing_lanes and placing_ends; here are
the moves that they share. Every move costs what it touches, never what the history holds.
"""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

from breakwater.timeline.builders import (
    Place,
    Scope,
    StepBuilder,
    step_at,
    touch,
    touch_scope,
)
from breakwater.timeline.definition import Definition
from breakwater.timeline.statuses import ABORTED, FAILED, INTERRUPTED, RUNNING, SUCCEEDED

Details = dict[str, Any]
BEGINNING_OF_TIME = datetime.fromtimestamp(0, UTC)
"""When something happened of which no moment is known."""

LOOKED_AT = 1000
"""How many interrupted steps are looked through when a link leads to none of them."""


class SegmentBuilder:
    """The original run, or one redrive."""

    __slots__ = ("cause", "error", "failed", "number", "root", "started", "status", "stopped")

    def __init__(self, number: int, started: datetime | None) -> None:
        self.number = number
        self.root = Scope(None, None, number, started)
        self.started = started
        self.stopped: datetime | None = None
        self.status = RUNNING
        self.error: str | None = None
        self.cause: str | None = None
        self.failed: StepBuilder | None = None


class Bench:
    """Everything that is known so far."""

    def __init__(self, definition: Definition | None) -> None:
        self.definition = definition
        self.event = 0
        self.now = BEGINNING_OF_TIME
        """The event that is being placed: its number, and when it happened."""

        self.segments = [SegmentBuilder(0, None)]
        self.place: Place | None = None
        self.open: dict[str, dict[StepBuilder, None]] = {}
        self.visits: dict[str, int] = {}
        self.steps = 0
        self.start: datetime | None = None
        self.status = "UNKNOWN"
        self.over = False
        self.input: str | None = None
        self.output: str | None = None
        self.role_arn: str | None = None
        self.version_arn: str | None = None
        self.alias_arn: str | None = None
        self.interrupted: dict[StepBuilder, None] = {}

    # ---- steps open and close

    def opened(self, step: StepBuilder) -> None:
        """A step is open: entered, or taken up again by a redrive."""
        named = self.open.get(step.name)
        if named is None:
            self.open[step.name] = {step: None}
        else:
            named[step] = None
        scope = step.scope
        if scope.current is not None:
            if scope.others is None:
                scope.others = {}
            scope.others[scope.current] = None
        scope.current = step

    def close(self, step: StepBuilder, when: datetime, status: str) -> None:
        """A step has come to its end."""
        step.status = status
        step.exited = when
        del self.open[step.name][step]
        scope = step.scope
        scope.left = when
        if scope.current is step:
            scope.current = scope.others.popitem()[0] if scope.others else None
        elif scope.others is not None:
            scope.others.pop(step, None)
        if step.view is not None:
            touch(step)

    def close_scope(self, scope: Scope, when: datetime, status: str, fallback: str) -> None:
        """A branch or iteration has come to its end, and with it all that is open inside.

        :param fallback: what becomes of a step in it of which nothing else is known.
        """
        waiting = [scope]
        while waiting:
            inner = waiting.pop()
            self._end_lane(inner, when, status if inner is scope else None, fallback)
            while inner.current is not None:
                step = inner.current
                if step.rounds is not None:
                    waiting.extend(step.rounds[-1].open)
                self.interrupt(step, when, fallback)

    def interrupt(self, step: StepBuilder, when: datetime, fallback: str) -> None:
        """A step ends without having been left: failed if its last attempt did, else `fallback`."""
        attempts = step.attempts
        status = step.went_wrong() or fallback
        if attempts is not None and attempts[-1].ended is None:
            attempts[-1].status = fallback if fallback in INTERRUPTED else ABORTED
            attempts[-1].ended = when
        self.close(step, when, status)

    def _end_lane(self, scope: Scope, when: datetime, status: str | None, fallback: str) -> None:
        """Mark a lane as ended; one that nothing is open in had come to its end before."""
        if scope.round is None or scope.status != RUNNING:
            return
        if status is None:
            status = ended_as(scope, fallback)
        finished = scope.current is None and bool(scope.steps) and status == SUCCEEDED
        scope.ended = scope.left if finished else when
        scope.status = status
        scope.round.open.pop(scope, None)
        scope.round.fresh.pop(scope, None)
        scope.round.tally[status] = scope.round.tally.get(status, 0) + 1
        touch_scope(scope)

    # ---- finding

    def container(
        self, at: Place | None, kind: str, name: str | None = None, *, unsettled: bool = False
    ) -> StepBuilder | None:
        """The innermost open Parallel or Map around a place; by name where that is known.

        :param unsettled: only one whose own failure was not told yet.
        """
        for place in (at, self.place):
            step = step_at(place)
            while step is not None:
                if (
                    step.exited is None
                    and (step.name == name if name is not None else step.type == kind)
                    and not (unsettled and step.settled)
                ):
                    return step
                step = step.scope.owner
        found = self.open_step(name) if name is not None else None
        return found if found is not None else self._reopened(at, kind, name)

    def open_step(self, name: str) -> StepBuilder | None:
        """The open step of this name that was entered first."""
        named = self.open.get(name)
        return next(iter(named)) if named else None

    def _reopened(self, at: Place | None, kind: str, name: str | None) -> StepBuilder | None:
        """After a redrive: a container that was interrupted goes on without being entered."""
        if not self.resumed:
            return None
        found = self._resume(step_at(at), kind, name)
        if found is not None:
            return found
        for interrupted in list(islice(self.interrupted, LOOKED_AT)):
            found = self._resume(interrupted, kind, name)
            if found is not None:
                return found
        return None

    def _resume(self, step: StepBuilder | None, kind: str, name: str | None) -> StepBuilder | None:
        while step is not None:
            fits = step.name == name if name is not None else step.type == kind
            if fits and step.status in INTERRUPTED:
                self.reopen(step)
                return step
            step = step.scope.owner
        return None

    def reopen(self, step: StepBuilder | None) -> None:
        """A redrive takes up a step again, and with it everything around that was interrupted."""
        while step is not None and step.exited is not None and step.status in INTERRUPTED:
            step.status = RUNNING
            step.exited = step.exited_event = step.error = step.cause = step.culprit = None
            step.doomed = step.settled = False
            self.opened(step)
            if step.view is not None:
                touch(step)
            self.interrupted.pop(step, None)
            self.reopen_lane(step.scope)
            step = step.scope.owner

    @property
    def resumed(self) -> bool:
        """A redrive is under way, so what was interrupted may go on."""
        return len(self.segments) > 1 and not self.over

    def reopen_lane(self, scope: Scope) -> None:
        """More happens in a branch or iteration that was thought to have ended."""
        if scope.round is None or scope.status == RUNNING:
            return
        scope.round.tally[scope.status] -= 1
        scope.round.open[scope] = None
        scope.round.failed = False
        scope.status = RUNNING
        scope.ended = None
        scope.doomed = False
        touch_scope(scope)

    # ---- what is bound to fail

    def doom(self, at: Place | None, until: StepBuilder | None) -> StepBuilder | None:
        """What failed at this place takes down everything around it, up to a container.

        Returns the step that it began in.
        """
        step = culprit = step_at(at if at is not None else self.place)
        if culprit is None or culprit is until:
            return None if until is None else until.culprit
        if culprit.exited is not None and culprit.status not in INTERRUPTED:
            return wrong_inside(until)  # the link leads beside what failed
        while step is not None and step is not until:
            step.doomed = True
            step.scope.doomed = True
            step = step.scope.owner
        return culprit


def ended_as(scope: Scope, otherwise: str = ABORTED) -> str:
    """How a branch or iteration has ended, of which no event tells it."""
    current = scope.current
    if scope.doomed or (current is not None and current.went_wrong() is not None):
        return FAILED
    return SUCCEEDED if current is None and scope.steps else otherwise


def wrong_inside(owner: StepBuilder | None) -> StepBuilder | None:
    """The step in the newest round whose last attempt failed, or that is bound to fail."""
    if owner is None or owner.rounds is None:
        return None
    for scope in islice(owner.rounds[-1].open, LOOKED_AT):
        if scope.current is not None and scope.current.went_wrong() is not None:
            return scope.current
    return None
