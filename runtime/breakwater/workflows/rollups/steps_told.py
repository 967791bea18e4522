"""What a timeline tells of one attempt (the original run or a redrive), as a contribution. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from breakwater.timeline import statuses
from breakwater.timeline.fingerprint import fingerprint
from breakwater.timeline.step import Segment, Step
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.rollups.contribution import (
    TO_BE_READ,
    Contribution,
    History,
    StepFigures,
)
from breakwater.workflows.rollups.sketch import Sketch
from breakwater.workflows.rollups.tally import EVERYTHING_ELSE

MOST_STEPS = 300
"""Names of states that a contribution keeps apart: an item holds 400 KB."""

_MS = 1000


def with_timeline(facts: Contribution, timeline: Timeline) -> Contribution:
    """The contribution whole; marked as not read yet when the timeline ends before the attempt."""
    segment = _segment(timeline, facts.redrive)
    if segment is None or segment.status in (statuses.RUNNING, statuses.UNKNOWN):
        return without_timeline(facts, History.NOT_YET)
    visits = [step for step in timeline.steps if _is_of(step, facts.redrive)]
    failing = timeline.step(segment.failed_step) if segment.failed_step is not None else None
    whole = replace(
        facts,
        history=History.READ,
        listed=None,
        transitions=sum(_transitions(step, facts.redrive) for step in visits),
        steps_entered=len(visits),
        steps=_figures(visits, facts.redrive),
    )
    if not facts.failed:
        return whole
    failure = timeline.failure if segment is timeline.segments[-1] else None
    if failure is not None:
        return replace(whole, failing_state=failure.step_name, fingerprint=failure.fingerprint)
    name = failing.name if failing is not None else None
    return replace(
        whole,
        failing_state=name,
        fingerprint=fingerprint(segment.error, name, segment.cause),
    )


def without_timeline(facts: Contribution, why: History) -> Contribution:
    """The contribution as far as the row tells."""
    listed = facts.listed or facts.ended_at
    return replace(facts, history=why, listed=listed if why in TO_BE_READ else None)


def _segment(timeline: Timeline, redrive: int) -> Segment | None:
    return next((one for one in timeline.segments if one.number == redrive), None)


def _is_of(step: Step, redrive: int) -> bool:
    """A redrive may take up a step of an earlier attempt without entering it again."""
    return step.segment == redrive or any(one.segment == redrive for one in step.attempts)


def _transitions(step: Step, redrive: int) -> int:
    """One for entering it, one for each retry: of the task, or of all its branches."""
    entered = int(step.segment == redrive)
    tries = sum(one.segment == redrive for one in step.attempts)
    again = max(tries - 1, 0) if entered else tries
    return entered + again + (max(step.rounds - 1, 0) if entered else 0)


def _figures(visits: Iterable[Step], redrive: int) -> dict[str, StepFigures]:
    figures: dict[str, StepFigures] = {}
    for step in visits:
        name = step.name if step.name in figures or len(figures) < MOST_STEPS else EVERYTHING_ELSE
        before = figures.get(name) or StepFigures(occurrences=0)
        figures[name] = _and(before, step, redrive)
    return figures


def _and(before: StepFigures, step: Step, redrive: int) -> StepFigures:
    """One more visit. The sketches are filled in place: nobody else has them yet."""
    tries = [one for one in step.attempts if one.segment == redrive]
    whole = len(tries) == len(step.attempts) and step.segment == redrive
    if whole:
        status, took = step.status, step.duration
    else:  # its other tries belong to another attempt
        status = tries[-1].status if tries else statuses.FAILED
        ended = tries[-1].ended if tries else None
        took = (ended - tries[0].scheduled).total_seconds() if ended is not None else None
    if took is not None:
        sketch: Sketch = before.succeeded if status == statuses.SUCCEEDED else before.otherwise
        sketch.put(round(took * _MS))
    # Of a Map or a Parallel, each time that its branches began is an attempt.
    rounds = step.rounds if step.segment == redrive else 0
    return replace(
        before,
        occurrences=before.occurrences + 1,
        failed=before.failed + (status in statuses.UNWELL),
        attempts=before.attempts + len(tries) + rounds,
        retries=before.retries + max(len(tries) - 1, 0) + max(rounds - 1, 0),
    )
