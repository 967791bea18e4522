"""The timeline as an OpenTelemetry trace: OTLP/JSON, as collectors take it at /v1/traces.

A span for the execution, each redrive, each step, each branch or iteration, each attempt. Ids are
made of what is told, so the same execution always has the same trace, and the trace of a nested
execution is linked from the attempt that started it. Redacted always. Form:
https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (ids in hexadecimal, 64-bit
numbers as text, enumerations as numbers).
"""

import hashlib
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from breakwater.timeline.redaction import Redaction
from breakwater.timeline.statuses import FAILED, INTERRUPTED, SUCCEEDED
from breakwater.timeline.step import Attempt, Lane, Step
from breakwater.timeline.token_learning import redaction_of

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_INTERNAL, _CLIENT = 1, 3
_OK, _ERROR = 1, 2
Span = dict[str, Any]


def timeline_otlp(
    timeline: "Timeline", *, execution_arn: str | None = None, keys: Collection[str] = ()
) -> dict[str, Any]:
    """TracesData with one trace.

    :param execution_arn: names the trace; without it, what the history tells of its start does.
    """
    spans = list(_Spans(timeline, execution_arn, redaction_of(timeline, keys)).all())
    resource = {"service.name": "step-functions", "aws.step_functions.execution.arn": execution_arn}
    scope = {"name": "breakwater.timeline"}
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes(resource)},
                "scopeSpans": [{"scope": scope, "spans": spans}],
            }
        ]
    }


class _Spans:
    """The spans of one trace."""

    def __init__(
        self, timeline: "Timeline", execution_arn: str | None, redaction: Redaction
    ) -> None:
        execution = timeline.execution
        self._timeline = timeline
        self._redaction = redaction
        self._trace = execution_arn or f"{execution.start}|{execution.role_arn}|{execution.input}"
        self._name = execution_arn.rpartition(":")[2] if execution_arn is not None else "execution"
        self._latest = timeline.latest or execution.start or _BEGINNING

    def all(self) -> Iterator[Span]:
        """The execution's own span, then what is in it."""
        execution = self._timeline.execution
        failed = execution.status not in ("SUCCEEDED", "RUNNING", "UNKNOWN")
        failure = self._timeline.failure
        yield self._span(
            _ROOT,
            None,
            self._name,
            execution.start,
            execution.stop,
            FAILED if failed else execution.status.lower(),
            {
                "aws.step_functions.execution.status": execution.status,
                "breakwater.fingerprint": failure.fingerprint if failure is not None else None,
                "breakwater.unplaced": len(self._timeline.unplaced) or None,
            },
            error=execution.error,
            cause=execution.cause,
        )
        for position, segment in enumerate(self._timeline.segments):
            parent = _ROOT
            if position:
                parent = f"segment {position}"
                yield self._span(
                    parent,
                    _ROOT,
                    f"redrive {segment.number}",
                    segment.started,
                    segment.stopped,
                    segment.status,
                    {},
                )
            for step in segment.steps:
                yield from self._step(step, parent)

    def _step(self, step: Step, parent: str) -> Iterator[Span]:
        key = f"step {step.path}#{step.occurrence}"
        told = {
            "aws.step_functions.state.type": step.type,
            "breakwater.path": step.path,
            "breakwater.occurrence": step.occurrence,
            "breakwater.status": step.status,
        }
        yield self._span(
            key,
            parent,
            step.name,
            step.entered,
            step.exited,
            step.status,
            told,
            error=step.error,
            cause=step.cause,
        )
        for position, attempt in enumerate(step.attempts):
            yield self._attempt(attempt, f"{key} attempt {position}", key)
        for lane in step.lanes:
            yield from self._lane(step, lane, key)

    def _lane(self, step: Step, lane: Lane, parent: str) -> Iterator[Span]:
        first = lane.steps[0].number if lane.steps else "none"
        key = f"{parent} lane {lane.round}.{lane.index}.{first}"
        name = f"{step.name}[{lane.index}]"
        told = {"breakwater.index": lane.index, "breakwater.round": lane.round}
        yield self._span(key, parent, name, lane.started, lane.ended, lane.status, told)
        for inner in lane.steps:
            yield from self._step(inner, key)

    def _attempt(self, attempt: Attempt, key: str, parent: str) -> Span:
        span = self._span(
            key,
            parent,
            f"attempt {attempt.number}",
            attempt.scheduled,
            attempt.ended,
            attempt.status,
            {
                "aws.step_functions.resource": attempt.resource,
                "aws.step_functions.resource_type": attempt.resource_type,
                "breakwater.attempt": attempt.number,
                "breakwater.callback": attempt.callback or None,
            },
            error=attempt.error,
            cause=attempt.cause,
            kind=_CLIENT,
        )
        if attempt.execution_arn is not None:
            child = attempt.execution_arn
            span["links"] = [{"traceId": trace_id(child), "spanId": span_id(child, _ROOT)}]
        return span

    def _span(  # noqa: PLR0917 - the six that every span has
        self,
        key: str,
        parent: str | None,
        name: str,
        started: datetime | None,
        ended: datetime | None,
        status: str,
        told: dict[str, Any],
        *,
        error: str | None = None,
        cause: str | None = None,
        kind: int = _INTERNAL,
    ) -> Span:
        began = started or self._timeline.earliest or self._latest
        # What still runs has no end: it is drawn up to the last that is known.
        until = max(ended or self._latest, began)
        span: Span = {
            "traceId": trace_id(self._trace),
            "spanId": span_id(self._trace, key),
            "name": name,
            "kind": kind,
            "startTimeUnixNano": _nanoseconds(began),
            "endTimeUnixNano": _nanoseconds(until),
            "attributes": _attributes({**told, "breakwater.open": ended is None or None}),
        }
        if parent is not None:
            span["parentSpanId"] = span_id(self._trace, parent)
        if status in INTERRUPTED:
            span["status"] = {"code": _ERROR, "message": self._redaction.text(error) or status}
        elif status == SUCCEEDED:
            span["status"] = {"code": _OK}
        if error is not None or cause is not None:
            span["events"] = [self._exception(until, error, cause)]
        return span

    def _exception(self, at: datetime, error: str | None, cause: str | None) -> dict[str, Any]:
        told = {
            "exception.type": self._redaction.text(error),
            "exception.message": self._redaction.text(cause),
        }
        return {
            "timeUnixNano": _nanoseconds(at),
            "name": "exception",
            "attributes": _attributes(told),
        }


_ROOT = "execution"


def trace_id(execution: str) -> str:
    """16 bytes in hexadecimal, always the same for an execution."""
    return hashlib.sha256(execution.encode("utf-8", "replace")).hexdigest()[:32]


def span_id(execution: str, key: str) -> str:
    """8 bytes in hexadecimal, always the same for a part of an execution."""
    return hashlib.sha256(f"{execution}\0{key}".encode("utf-8", "replace")).hexdigest()[:16]


def _nanoseconds(at: datetime) -> str:
    return str(max((at - _BEGINNING) // timedelta(microseconds=1), 0) * 1000)


def _attributes(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": _any_value(value)} for key, value in told.items() if value is not None
    ]


def _any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"stringValue": str(value)}
