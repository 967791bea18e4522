"""The timeline as a Chrome trace: opens in Perfetto (ui.perfetto.dev) and chrome://tracing.

Complete events (`ph: X`) on tracks, times in microseconds. What runs at the same time stands on
tracks of its own; a track is used again when it is free, so a Map of thousands needs as many as
ran at once. Redacted always.
"""

import heapq
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Attempt, Lane, Step
from breakwater.timeline.token_learning import redaction_of

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_PROCESS = 1
_MAIN = 1


def timeline_chrome(timeline: "Timeline", *, keys: Collection[str] = ()) -> dict[str, Any]:
    """A trace in the JSON Object Format."""
    return {
        "traceEvents": list(_Trace(timeline, redaction_of(timeline, keys)).all()),
        "displayTimeUnit": "ms",
        "otherData": {"status": timeline.execution.status, "unplaced": len(timeline.unplaced)},
    }


class _Trace:
    def __init__(self, timeline: "Timeline", redaction: Redaction) -> None:
        self._timeline = timeline
        self._redaction = redaction
        self._latest = timeline.latest or timeline.execution.start or _BEGINNING
        self._tracks = _MAIN
        self._free: list[tuple[datetime, int]] = []

    def all(self) -> Iterator[dict[str, Any]]:
        timeline = self._timeline
        execution = timeline.execution
        yield _meta("process_name", _MAIN, "Step Functions execution")
        start = execution.start or timeline.earliest or self._latest
        told = {"status": execution.status, "error": self._redaction.text(execution.error)}
        yield self._event("execution", "execution", start, execution.stop, track=_MAIN, told=told)
        for segment in timeline.segments:
            for step in segment.steps:
                yield from self._step(step, _MAIN)
        for track in range(_MAIN, self._tracks + 1):
            yield _meta("thread_name", track, "main" if track == _MAIN else f"lane {track - 1}")

    def _step(self, step: Step, track: int) -> Iterator[dict[str, Any]]:
        told = {
            "number": step.number,
            "path": step.path,
            "occurrence": step.occurrence,
            "status": step.status,
            "error": self._redaction.text(step.error),
            "cause": self._redaction.text(step.cause),
        }
        yield self._event(step.name, step.type, step.entered, step.exited, track=track, told=told)
        for attempt in step.attempts:
            yield self._attempt(attempt, track)
        for lane in step.lanes:
            yield from self._lane(step, lane)

    def _attempt(self, attempt: Attempt, track: int) -> dict[str, Any]:
        told = {
            "status": attempt.status,
            "resource": attempt.resource,
            "error": self._redaction.text(attempt.error),
            "executionArn": self._redaction.text(attempt.execution_arn),
        }
        name = f"attempt {attempt.number}"
        return self._event(
            name, "attempt", attempt.scheduled, attempt.ended, track=track, told=told
        )

    def _lane(self, step: Step, lane: Lane) -> Iterator[dict[str, Any]]:
        track = self._track(lane)
        told = {"index": lane.index, "round": lane.round, "status": lane.status}
        name = f"{step.name}[{lane.index}]"
        yield self._event(name, "lane", lane.started, lane.ended, track=track, told=told)
        for inner in lane.steps:
            yield from self._step(inner, track)

    def _track(self, lane: Lane) -> int:
        """One that is free from the lane's start to its end."""
        if self._free and self._free[0][0] <= lane.started:
            _, track = heapq.heappop(self._free)
        else:
            self._tracks += 1
            track = self._tracks
        heapq.heappush(self._free, (lane.ended or datetime.max.replace(tzinfo=UTC), track))
        return track

    def _event(
        self,
        name: str,
        category: str,
        started: datetime,
        ended: datetime | None,
        *,
        track: int,
        told: dict[str, Any],
    ) -> dict[str, Any]:
        began = _microseconds(started)
        return {
            "name": name,
            "cat": category,
            "ph": "X",
            "ts": began,
            "dur": max(_microseconds(ended or self._latest) - began, 0),
            "pid": _PROCESS,
            "tid": track,
            "args": {key: value for key, value in told.items() if value is not None},
        }


def _meta(name: str, track: int, value: str) -> dict[str, Any]:
    return {"name": name, "ph": "M", "pid": _PROCESS, "tid": track, "args": {"name": value}}


def _microseconds(at: datetime) -> int:
    return (at - _BEGINNING) // timedelta(microseconds=1)
