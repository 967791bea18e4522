"""What a timeline is while it is being made: the same things as in step.py, still changing.

Each keeps what was last frozen of it, `view`, until it changes: one more event costs what it
touches, and a tuple of what stands beside that.
"""

from datetime import datetime
from typing import Any

from breakwater.timeline.statuses import RUNNING, TIMED_OUT, UNWELL
from breakwater.timeline.step import Attempt, Lane, Step


class AttemptBuilder:
    """One try of a Task."""

    __slots__ = (
        "cause",
        "child",
        "details",
        "ended",
        "error",
        "number",
        "scheduled",
        "segment",
        "started",
        "status",
        "submitted",
        "worker",
    )

    def __init__(
        self, number: int, segment: int, scheduled: datetime, details: dict[str, Any]
    ) -> None:
        self.number = number
        self.segment = segment
        self.scheduled = scheduled
        self.details = details
        self.status = RUNNING
        self.started: datetime | None = None
        self.submitted: datetime | None = None
        self.ended: datetime | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.child: str | None = None
        self.worker: str | None = None


class StepBuilder:
    """One visit of a state. Open as long as `exited` is None."""

    __slots__ = (
        "attempts",
        "attempts_before",
        "cause",
        "culprit",
        "doomed",
        "entered",
        "entered_event",
        "error",
        "exited",
        "exited_event",
        "input",
        "lanes",
        "map_run_arn",
        "name",
        "number",
        "occurrence",
        "output",
        "path",
        "rounds",
        "scope",
        "segment",
        "settled",
        "status",
        "type",
        "view",
    )

    def __init__(  # noqa: PLR0917 - keywords would cost a tenth of a large history's time
        self,
        number: int,
        name: str,
        kind: str,
        occurrence: int,
        entered: datetime,
        event: int,
        given: str | None,
        scope: "Scope",
        path: str,
        segment: int,
    ) -> None:
        self.segment = segment
        self.number = number
        self.name = name
        self.type = kind
        self.path = path
        self.occurrence = occurrence
        self.entered = entered
        self.entered_event = event
        self.input = given
        self.scope = scope
        self.status = RUNNING
        self.exited: datetime | None = None
        self.exited_event: int | None = None
        self.output: str | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.map_run_arn: str | None = None
        self.attempts: list[AttemptBuilder] | None = None
        self.attempts_before: list[Attempt] | None = None  # all but the last, which may change
        self.rounds: list[Round] | None = None
        self.lanes: list[Scope] | None = None
        self.culprit: StepBuilder | None = None
        self.doomed = False
        self.settled = False
        self.view: Step | None = None

    def went_wrong(self) -> str | None:
        """`failed` or `timedOut` when its last attempt did, or when it is bound to."""
        if self.attempts is not None and self.attempts[-1].status in UNWELL:
            return self.attempts[-1].status
        if self.doomed:
            return TIMED_OUT if self.error == "States.Timeout" else "failed"
        return None


class Round:
    """One start of all branches of a Parallel, or of all iterations of a Map."""

    __slots__ = ("by_index", "failed", "fresh", "length", "number", "open", "owner", "tally")

    def __init__(self, owner: StepBuilder, number: int, length: int | None) -> None:
        self.owner = owner
        self.number = number
        self.length = length
        self.by_index: dict[int, Scope] = {}
        self.open: dict[Scope, None] = {}
        self.fresh: dict[Scope, None] = {}
        self.tally: dict[str, int] = {}
        self.failed = False


class Scope:
    """Steps one after the other: a whole segment, a branch, or an iteration."""

    __slots__ = (
        "current",
        "depth",
        "doomed",
        "ended",
        "index",
        "left",
        "others",
        "owner",
        "prefix",
        "round",
        "started",
        "status",
        "steps",
        "view",
    )

    def __init__(
        self,
        owner: StepBuilder | None,
        of_round: Round | None,
        index: int,
        started: datetime | None,
    ) -> None:
        self.owner = owner
        self.round = of_round
        self.index = index
        self.started = started
        self.ended: datetime | None = None
        self.left = started  # when the last step in it came to its end
        self.status = RUNNING
        self.prefix = "" if owner is None else f"{owner.path}[{index}]/"
        self.depth: int = 0 if owner is None else owner.scope.depth + 1
        self.steps: list[StepBuilder] = []
        self.current: StepBuilder | None = None
        self.others: dict[StepBuilder, None] | None = None
        self.doomed = False
        self.view: Lane | None = None


Place = StepBuilder | Round | Scope
"""Where an event happened: in a step, at the start of a round, or in a scope."""


def step_at(place: Place | None) -> StepBuilder | None:
    """The innermost step that a place belongs to."""
    if place is None or isinstance(place, StepBuilder):
        return place
    return place.owner


def touch(step: StepBuilder | None) -> None:
    """What was frozen of a step, and of everything that contains it, holds no longer."""
    while step is not None and step.view is not None:
        step.view = None
        step.scope.view = None
        step = step.scope.owner


def touch_scope(scope: Scope) -> None:
    """What was frozen of a branch or iteration, and of what contains it, holds no longer."""
    scope.view = None
    touch(scope.owner)
