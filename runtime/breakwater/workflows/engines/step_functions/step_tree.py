"""Steps of a timeline as pages of a tree. Pure. Redacted; without payloads.

A page holds so many steps: those of its level first, then, as long as there is room, what is in
their branches and iterations. Whatever is not in it has a cursor.

A step's id is the id of the event by which its state was entered: it is the same however much of
the history was read.
"""

from collections.abc import Sequence
from typing import Any

from breakwater.timeline.lambda_error import lambda_error
from breakwater.timeline.moments import iso
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Attempt, Lane, Step
from breakwater.timeline.step_functions_view import cut
from breakwater.timeline.timeline import Timeline
from breakwater.workflows.engine_port import StepPage
from breakwater.workflows.profiles import Profile
from breakwater.workflows.step_pages import ATTEMPTS_SHOWN, cursor_at, plain_step, usual
from breakwater.workflows.workflow_id import WorkflowId

MOST_DEEP = 10


class StepTree:
    """Writes pages of one execution."""

    def __init__(
        self, wanted: WorkflowId, redaction: Redaction, profile: Profile | None, *, whole: bool
    ) -> None:
        """
        :param whole: the history was read to its end: how many there are is known.
        """
        self._wanted = wanted
        self._redaction = redaction
        self._profile = profile
        self._whole = whole

    def steps(
        self,
        steps: Sequence[Step],
        start: int,
        limit: int,
        *,
        within: str | None = None,
        lane: str | None = None,
    ) -> StepPage:
        """Steps of one level, from this position."""
        page = steps[start : start + limit]
        room = _Room(limit - len(page))
        more = start + limit < len(steps)
        return StepPage(
            steps=[self._step(step, room, MOST_DEEP) for step in page],
            next_cursor=cursor_at(self._wanted, start + limit, within, lane) if more else None,
            total=len(steps) if self._whole else None,
        )

    def lanes(self, step: Step, start: int, limit: int) -> StepPage:
        """Branches or iterations of a step, from this position."""
        page = step.lanes[start : start + limit]
        room = _Room(limit)
        more = start + limit < len(step.lanes)
        within = step_id(step)
        return StepPage(
            lanes=[self._lane(lane, within, room, MOST_DEEP) for lane in page],
            next_cursor=cursor_at(self._wanted, start + limit, within, None) if more else None,
            total=len(step.lanes) if self._whole else None,
        )

    def _step(self, step: Step, room: "_Room", deep: int) -> dict[str, Any]:
        clean = self._redaction.text
        shown, following = self._inner(step, room, deep)
        attempts = step.attempts[-ATTEMPTS_SHOWN:]
        return plain_step(
            id=step_id(step),
            name=step.name,
            type=step.type,
            path=step.path,
            occurrence=step.occurrence,
            segment=step.segment,
            status=step.status,
            startedAt=iso(step.entered),
            endedAt=iso(step.exited),
            durationSeconds=step.duration,
            attemptCount=len(step.attempts),
            attempts=[self._attempt(one) for one in attempts],
            error=clean(step.error),
            cause=cut(clean(step.cause))[0],
            laneCount=len(step.lanes),
            counts=step.counts._asdict() if step.counts is not None else None,
            lanes=shown,
            lanesCursor=following,
            **usual(self._profile, step.name, step.duration),
        )

    def _inner(
        self, step: Step, room: "_Room", deep: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        """As many lanes as there is room for, and where to go on."""
        count = min(len(step.lanes), room.left) if deep else 0
        within = step_id(step)
        shown = [self._lane(lane, within, room, deep - 1) for lane in step.lanes[:count]]
        more = count < len(step.lanes)
        return shown, cursor_at(self._wanted, count, within, None) if more else None

    def _lane(self, lane: Lane, within: str, room: "_Room", deep: int) -> dict[str, Any]:
        count = room.take(len(lane.steps)) if deep else 0
        name = lane_id(lane)
        more = count < len(lane.steps)
        return {
            "id": name,
            "index": lane.index,
            "round": lane.round,
            "status": lane.status,
            "startedAt": iso(lane.started),
            "endedAt": iso(lane.ended),
            "durationSeconds": lane.duration,
            "stepCount": len(lane.steps),
            "steps": [self._step(step, room, deep - 1) for step in lane.steps[:count]],
            "stepsCursor": cursor_at(self._wanted, count, within, name) if more else None,
        }

    def _attempt(self, attempt: Attempt) -> dict[str, Any]:
        clean = self._redaction.text
        told = lambda_error(attempt.cause)
        return {
            "number": attempt.number,
            "maximum": attempt.maximum,
            "status": attempt.status,
            "resource": attempt.resource,
            "scheduledAt": iso(attempt.scheduled),
            "startedAt": iso(attempt.started),
            "endedAt": iso(attempt.ended),
            "durationSeconds": attempt.duration,
            "backoffSeconds": attempt.backoff,
            "waitsForAnswer": attempt.callback,
            "error": clean(attempt.error),
            "cause": cut(clean(attempt.cause))[0],
            "requestId": told.request_id if told is not None else None,
            "executionArn": attempt.execution_arn,
        }


class _Room:
    """How many steps a page may still hold."""

    def __init__(self, left: int) -> None:
        self.left = max(0, left)

    def take(self, count: int) -> int:
        taken = min(count, self.left)
        self.left -= taken
        return taken


def step_id(step: Step) -> str:
    """Names this visit of a state."""
    return str(step.entered_event)


def lane_id(lane: Lane) -> str:
    """Names a branch or an iteration within its step."""
    return f"{lane.index}.{lane.round}"


def top_steps(timeline: Timeline) -> list[Step]:
    """All at the top, of the original attempt and of each redrive."""
    return [step for segment in timeline.segments for step in segment.steps]


def find_step(timeline: Timeline, wanted: str) -> Step | None:
    """The step of this id."""
    return next((step for step in timeline.steps if step_id(step) == wanted), None)


def find_lane(step: Step, wanted: str) -> Lane | None:
    """The lane of this id."""
    return next((lane for lane in step.lanes if lane_id(lane) == wanted), None)
