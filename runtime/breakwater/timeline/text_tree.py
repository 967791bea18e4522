"""The timeline as a tree to read in a terminal. Redacted always."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from breakwater.timeline.moments import iso
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.statuses import (
    ABORTED,
    CAUGHT,
    FAILED,
    PENDING,
    RUNNING,
    SUCCEEDED,
    TIMED_OUT,
)
from breakwater.timeline.step import Lane, Step
from breakwater.timeline.token_learning import redaction_of

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

_SIGNS = {
    SUCCEEDED: "✓",
    FAILED: "✗",
    TIMED_OUT: "⏱",
    ABORTED: "■",
    CAUGHT: "↪",
    RUNNING: "▶",
    PENDING: "·",
}
_LONGEST = 160
_LANES_SHOWN = 10
_STEPS_SHOWN = 20
"""At the beginning, and as many at the end: what is between went round in a loop."""


def timeline_text(
    timeline: "Timeline", *, keys: Collection[str] = (), everything: bool = False
) -> str:
    """The execution, its steps, and why it failed.

    :param everything: with every branch, iteration and visit; else those that went well are counted
        once there are many.
    """
    return "\n".join(_Tree(timeline, redaction_of(timeline, keys), everything).lines()) + "\n"


class _Tree:
    def __init__(self, timeline: "Timeline", redaction: Redaction, everything: bool) -> None:  # noqa: FBT001
        self._timeline = timeline
        self._redaction = redaction
        self._everything = everything

    def lines(self) -> Iterator[str]:
        timeline = self._timeline
        execution = timeline.execution
        facts = [
            execution.status,
            f"started {iso(execution.start)}" if execution.start else "its beginning is missing",
            *([f"took {shown(execution.duration)}"] if execution.duration is not None else []),
            f"{len(timeline.steps)} step{'' if len(timeline.steps) == 1 else 's'}",
        ]
        yield ", ".join(facts)
        for position, segment in enumerate(timeline.segments):
            if position:
                yield f"Redrive {segment.number}, {iso(segment.started)}: {segment.status}"
            yield from self._steps(segment.steps, "")
        for step in timeline.waiting:
            yield f"Waits for an answer: {_clean(step.path)}"
        if timeline.pending:
            names = ", ".join(_clean(step.name) for step in timeline.pending)
            yield f"Not entered: {names}"
        if timeline.unplaced:
            yield f"{len(timeline.unplaced)} events could not be placed"
        yield from self._failure()

    def _failure(self) -> Iterator[str]:
        failure = self._timeline.failure
        if failure is None:
            return
        yield ""
        yield self._short(failure.message, 1000)
        for level in failure.levels[1:]:
            yield f"  began in {self._short(level.execution_arn or '', 300)}"
        yield f"  {failure.meaning.means}"
        yield f"  {failure.meaning.advice}"
        if failure.lambda_error is not None and failure.lambda_error.request_id is not None:
            yield f"  Lambda request {self._short(failure.lambda_error.request_id, 100)}"
        yield f"  fingerprint {failure.fingerprint}"

    def _steps(self, steps: Sequence[Step], margin: str) -> Iterator[str]:
        hidden = 0
        for position, step in enumerate(steps):
            last = position == len(steps) - 1
            if not self._is_told(step, position, len(steps)):
                hidden += 1
                continue
            if hidden:
                yield f"{margin}│  … {hidden} more, all succeeded (--all shows them)"
                hidden = 0
            yield f"{margin}{'└─' if last else '├─'} {self._line(step)}"
            below = margin + ("   " if last else "│  ")
            if len(step.attempts) > 1:
                yield from self._attempts(step, below)
            yield from self._lanes(step, below)

    def _is_told(self, step: Step, position: int, of: int) -> bool:
        ends = position < _STEPS_SHOWN or position >= of - _STEPS_SHOWN
        plain = step.status == SUCCEEDED and not step.lanes and len(step.attempts) < 2
        return self._everything or ends or not plain

    def _line(self, step: Step) -> str:
        again = f" (visit {step.occurrence})" if step.occurrence > 1 else ""
        facts = [
            f"{_SIGNS.get(step.status, '?')} {_clean(step.name)}{again}",
            step.type,
            step.status,
            f"since {iso(step.entered)}" if step.duration is None else shown(step.duration),
        ]
        if step.map_run_arn is not None and step.counts is not None and not step.iterations:
            facts.append(f"{step.counts.total} items in a Map Run")
        elif step.counts is not None and step.type == "Map":
            facts.append(f"{step.counts.succeeded} of {step.counts.total} items")
        if step.rounds > 1:
            facts.append(f"{step.rounds} rounds")
        why = ": ".join(part for part in (step.error, step.cause) if part)
        if why and step.status != SUCCEEDED:
            facts.append(self._short(why, _LONGEST))
        return "  ".join(facts)

    def _attempts(self, step: Step, margin: str) -> Iterator[str]:
        for attempt in step.attempts:
            of = f" of {attempt.maximum}" if attempt.maximum is not None else ""
            facts = [f"{_SIGNS.get(attempt.status, '?')} attempt {attempt.number}{of}"]
            if attempt.duration is not None:
                facts.append(shown(attempt.duration))
            if attempt.backoff is not None:
                facts.append(f"after {shown(attempt.backoff)}")
            if attempt.error is not None:
                facts.append(self._short(attempt.error, _LONGEST))
            yield f"{margin}  {'  '.join(facts)}"

    def _lanes(self, step: Step, margin: str) -> Iterator[str]:
        lanes = step.lanes
        shown_lanes = [lane for at, lane in enumerate(lanes) if self._is_shown(lane, at)]
        for lane in shown_lanes:
            again = f" round {lane.round}" if step.rounds > 1 else ""
            yield f"{margin}[{lane.index}]{again} {lane.status}"
            yield from self._steps(lane.steps, f"{margin} ")
        hidden = len(lanes) - len(shown_lanes)
        if hidden:
            yield f"{margin}… {hidden} more, all succeeded (--all shows them)"

    def _is_shown(self, lane: Lane, position: int) -> bool:
        return self._everything or position < _LANES_SHOWN or lane.status != SUCCEEDED

    def _short(self, text: str, longest: int) -> str:
        text = _clean(self._redaction.text(text) or "")
        return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shown(seconds: float) -> str:
    """A duration as people read it."""
    if seconds < 60:
        return f"{seconds:.3g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def _clean(text: str) -> str:
    """On one line, and without what a terminal would obey."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
