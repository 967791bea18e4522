"""The timeline as our own JSON: `{execution, segments: [{steps: [step]}], unplaced: n, …}`.

A step has `name`, `type`, `status` and so on, and its own steps under `branches` or `iterations`;
nothing else has both `name` and `type`. Payloads stay text, as histories carry them, so what users
call their members cannot be mistaken for ours. Redacted always.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from breakwater.timeline.failure import Failure
from breakwater.timeline.moments import iso
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Attempt, Execution, Lane, Segment, Step
from breakwater.timeline.token_learning import redaction_of

if TYPE_CHECKING:
    from breakwater.timeline.timeline import Timeline

_UNPLACED_SHOWN = 100
_MESSAGE = 300  # characters: a list shows it


def timeline_json(timeline: "Timeline", *, keys: Collection[str] = ()) -> dict[str, Any]:
    """The whole timeline.

    :param keys: members of payloads whose values nobody is to see; task tokens never are.
    """
    redaction = redaction_of(timeline, keys)
    told: dict[str, Any] = {
        "execution": execution_json(timeline.execution, redaction),
        "failure": failure_json(timeline.failure, redaction),
        "segments": [_segment(segment, redaction) for segment in timeline.segments],
        "current": [step.number for step in timeline.current],
        "waiting": [step.number for step in timeline.waiting],
        "nested": [
            {"step": step.number, "executionArn": redaction.text(arn)}
            for step, arn in timeline.nested
        ],
        "unplaced": len(timeline.unplaced),
        "unplacedEvents": [_unplaced(event) for event in timeline.unplaced[:_UNPLACED_SHOWN]],
    }
    if timeline.definition is not None:
        told["pending"] = [pending._asdict() for pending in timeline.pending]
        told["transitions"] = [
            {"from": way.source, "to": way.target, "kind": way.kind, "taken": way.taken}
            for way in timeline.transitions
        ]
    return told


def execution_json(execution: Execution, redaction: Redaction) -> dict[str, Any]:
    """The execution as a whole."""
    return {
        "status": execution.status,
        "start": iso(execution.start),
        "stop": iso(execution.stop),
        "duration": execution.duration,
        "input": redaction.text(execution.input),
        "output": redaction.text(execution.output),
        "error": redaction.text(execution.error),
        "cause": redaction.text(execution.cause),
        "roleArn": execution.role_arn,
        "stateMachineVersionArn": execution.state_machine_version_arn,
        "stateMachineAliasArn": execution.state_machine_alias_arn,
        "redrives": execution.redrives,
    }


def failure_json(failure: Failure | None, redaction: Redaction) -> dict[str, Any] | None:
    """Why it failed."""
    if failure is None:
        return None
    told = failure.lambda_error
    return {
        "status": failure.status,
        "error": redaction.text(failure.error),
        "cause": redaction.text(failure.cause),
        "step": failure.step,
        "stepName": failure.step_name,
        "stepPath": failure.step_path,
        "message": _short(redaction.text(failure.message) or ""),
        "means": failure.meaning.means,
        "advice": failure.meaning.advice,
        "lambda": told
        and {
            "errorType": redaction.text(told.error_type),
            "message": redaction.text(told.message),
            "requestId": redaction.text(told.request_id),
            "stack": [redaction.text(line) for line in told.stack],
        },
        "levels": [
            {
                "executionArn": redaction.text(level.execution_arn),
                "stateMachineArn": redaction.text(level.state_machine_arn),
                "error": redaction.text(level.error),
                "cause": redaction.text(level.cause),
            }
            for level in failure.levels
        ],
        "fingerprint": failure.fingerprint,
    }


def step_json(step: Step, redaction: Redaction, *, inner: bool = True) -> dict[str, Any]:
    """One step.

    :param inner: with the steps in its branches or iterations.
    """
    told: dict[str, Any] = {
        "number": step.number,
        "name": step.name,
        "type": step.type,
        "path": step.path,
        "occurrence": step.occurrence,
        "status": step.status,
        "entered": iso(step.entered),
        "exited": iso(step.exited),
        "duration": step.duration,
        "input": redaction.text(step.input),
        "output": redaction.text(step.output),
        "error": redaction.text(step.error),
        "cause": redaction.text(step.cause),
        "attempts": [_attempt(attempt, redaction) for attempt in step.attempts],
        "enteredEvent": step.entered_event,
        "exitedEvent": step.exited_event,
    }
    if step.counts is not None:
        told["rounds"] = step.rounds
        told["counts"] = step.counts._asdict()
    if step.map_run_arn is not None:
        told["mapRunArn"] = step.map_run_arn
    if inner and step.type == "Map":
        told["iterations"] = [_lane(lane, redaction) for lane in step.iterations]
    elif inner and (step.branches or step.type == "Parallel"):
        told["branches"] = [_lane(lane, redaction) for lane in step.branches]
    return told


def _segment(segment: Segment, redaction: Redaction) -> dict[str, Any]:
    return {
        "number": segment.number,
        "status": segment.status,
        "started": iso(segment.started),
        "stopped": iso(segment.stopped),
        "error": redaction.text(segment.error),
        "cause": redaction.text(segment.cause),
        "failedStep": segment.failed_step,
        "steps": [step_json(step, redaction) for step in segment.steps],
    }


def _lane(lane: Lane, redaction: Redaction) -> dict[str, Any]:
    return {
        "index": lane.index,
        "round": lane.round,
        "status": lane.status,
        "started": iso(lane.started),
        "ended": iso(lane.ended),
        "duration": lane.duration,
        "steps": [step_json(step, redaction) for step in lane.steps],
    }


def _attempt(attempt: Attempt, redaction: Redaction) -> dict[str, Any]:
    policy = attempt.policy
    return {
        "number": attempt.number,
        "maximum": attempt.maximum,
        "segment": attempt.segment,
        "status": attempt.status,
        "resource": attempt.resource,
        "resourceType": attempt.resource_type,
        "scheduled": iso(attempt.scheduled),
        "started": iso(attempt.started),
        "submitted": iso(attempt.submitted),
        "ended": iso(attempt.ended),
        "waiting": attempt.waiting,
        "duration": attempt.duration,
        "backoff": attempt.backoff,
        "error": redaction.text(attempt.error),
        "cause": redaction.text(attempt.cause),
        "callback": attempt.callback,
        "timeout": attempt.timeout,
        "heartbeat": attempt.heartbeat,
        "worker": attempt.worker,
        "executionArn": redaction.text(attempt.execution_arn),
        "parameters": redaction.text(attempt.parameters),
        "policy": policy
        and {
            "errors": list(policy.errors),
            "intervalSeconds": policy.interval_seconds,
            "maxAttempts": policy.max_attempts,
            "backoffRate": policy.backoff_rate,
            "maxDelaySeconds": policy.max_delay_seconds,
            "jitter": policy.jitter,
        },
    }


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _MESSAGE else f"{sentence[: _MESSAGE - 1]}…"


def _unplaced(event: Any) -> dict[str, Any]:
    """What kind of event it is, and no more: what nobody understands cannot be redacted by key."""
    known = event if isinstance(event, Mapping) else {}
    number, kind = known.get("id"), known.get("type")
    return {
        "id": number if isinstance(number, int | str) else None,
        "eventType": kind[:100] if isinstance(kind, str) else None,
    }
