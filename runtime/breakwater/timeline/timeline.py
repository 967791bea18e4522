"""What happened in an execution, as steps that a person can read."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn

from breakwater.timeline.collector import collector_paused
from breakwater.timeline.definition import Definition
from breakwater.timeline.engine import Engine, engine_for
from breakwater.timeline.failure import Failure, failure_of
from breakwater.timeline.freezing import execution_of, segment_of
from breakwater.timeline.json_export import timeline_json
from breakwater.timeline.statuses import RUNNING
from breakwater.timeline.step import Attempt, Execution, Segment, Step
from breakwater.timeline.unreached import PendingStep, Transition, pending_of, transitions_of


def reconstruct(
    events: Iterable[Any], definition: Definition | Mapping[str, Any] | str | None = None
) -> "Timeline":
    """Tell what happened from GetExecutionHistory events, in any order, whole or in part.

    :param events: as boto3 returns them, as the AWS CLI prints them, or records of CloudWatch Logs.
    :param definition: that of the state machine as this execution used it, as JSON text or parsed.
        It adds branch indexes, retry policies, pending steps and transitions. NotADefinition when
        it is none.
    """
    if definition is not None and not isinstance(definition, Definition):
        definition = Definition(definition)
    with collector_paused():
        return Timeline(engine_for(list(events), definition))


class Timeline:
    """An execution as far as its history tells. It never changes; `extend` makes a new one.

    Only what is asked for is worked out: the steps are there at once, the rest when it is read.
    """

    execution: Execution
    segments: tuple[Segment, ...]
    """The original run, then each redrive."""

    unplaced: tuple[Any, ...]
    """Events that belong nowhere, as they were given."""

    definition: Definition | None
    earliest: datetime | None
    """When the first event happened, and the last: what runs is known up to there."""

    latest: datetime | None
    _engine: Engine
    _version: int
    _given: int
    _events: int

    def __init__(self, engine: Engine) -> None:
        """
        :param engine: use `reconstruct`, which makes it.
        """
        bench = engine.bench
        vars(self).update(
            execution=execution_of(bench),
            segments=tuple(segment_of(one, bench.definition) for one in bench.segments),
            unplaced=(*engine.unplaced, *engine.misfits),
            definition=bench.definition,
            earliest=engine.earliest,
            latest=engine.latest,
            _engine=engine,
            _version=engine.version,
            _given=len(engine.given),
            _events=len(engine.events),
        )

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a timeline never changes: not {name}; extend makes a new one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a timeline never changes: not {name}")

    def extend(self, more_events: Iterable[Any]) -> "Timeline":
        """The timeline with these events as well: the same as if all had been given at once.

        Events that are known already may come again. It costs what is new, unless an event came
        too late, or somebody else extended this timeline before: then it costs the whole.
        """
        more = list(more_events)
        engine = self._engine
        if engine.version == self._version and engine.take(more):
            return Timeline(engine)
        return reconstruct([*engine.given[: self._given], *more], self.definition)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events behind it, in the order of their ids. Not redacted: not for people."""
        return self._engine.events[: self._events]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps, those in branches and iterations too, in the order in which they began."""
        found = (step for segment in self.segments for step in _walk(segment.steps))
        return tuple(sorted(found, key=lambda step: step.number))

    def step(self, number: int) -> Step | None:
        """The step with this number."""
        return self.steps[number - 1] if 1 <= number <= len(self.steps) else None

    @cached_property
    def current(self) -> tuple[Step, ...]:
        """Where the execution is now: the innermost running steps."""
        running = (step for segment in self.segments for step in _walk(segment.steps, RUNNING))
        return tuple(
            step for step in running if not any(lane.status == RUNNING for lane in step.lanes)
        )

    @property
    def waiting(self) -> tuple[Step, ...]:
        """The steps that wait for somebody to send their task token back."""
        return tuple(step for step in self.current if step.attempts and _waits(step.attempts[-1]))

    @property
    def nested(self) -> tuple[tuple[Step, str], ...]:
        """The executions that this one started: by which step, and their ARN."""
        return tuple(
            (step, attempt.execution_arn)
            for step in self.steps
            for attempt in step.attempts
            if attempt.execution_arn is not None
        )

    @cached_property
    def failure(self) -> Failure | None:
        """Why it failed; None when it did not, whatever went wrong and was made good."""
        return failure_of(self)

    @cached_property
    def pending(self) -> tuple[PendingStep, ...]:
        """The states that were not entered, when the definition is known."""
        return pending_of(self)

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """The ways between states and how often each was taken, when the definition is known."""
        return transitions_of(self)

    def to_json(self, *, keys: Collection[str] = ()) -> dict[str, Any]:
        """The timeline as JSON, redacted: see json_export."""
        return timeline_json(self, keys=keys)

    def __repr__(self) -> str:
        steps = f"{len(self.steps)} steps" if len(self.steps) != 1 else "1 step"
        return f"<Timeline {self.execution.status}, {steps}, {len(self.unplaced)} unplaced>"


def _waits(attempt: Attempt) -> bool:
    return attempt.callback and attempt.status == RUNNING


def _walk(steps: tuple[Step, ...], status: str | None = None) -> Iterator[Step]:
    """Steps and what is in them; with a status, nothing below a step that has another."""
    waiting = list(reversed(steps))
    while waiting:
        step = waiting.pop()
        if status is not None and step.status != status:
            continue
        yield step
        for lane in reversed(step.lanes):
            waiting.extend(reversed(lane.steps))
