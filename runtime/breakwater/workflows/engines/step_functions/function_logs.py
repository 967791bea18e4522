"""What a function logged while a step ran. Calls GetFunctionConfiguration and FilterLogEvents.

A step tells which call of a function it was by its request id: a failure names it in its cause, a
success in what Lambda's integration returned. Where AWS tells none, that is said.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from breakwater.timeline.lambda_error import lambda_error, parsed_object
from breakwater.timeline.moments import iso, moment
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Attempt, Step

LINES = 200
_BEFORE, _AFTER = timedelta(seconds=5), timedelta(minutes=1)
_FUNCTION = re.compile(r"(?:arn:[^:]+:lambda:[^:]+:\d{12}:function:)?([\w-]{1,64})(?::[\w$-]+)?")
_REQUEST_ID = re.compile(r'"(?:RequestId|x-amzn-RequestId)"\s*:\s*"([0-9a-fA-F-]{36})"')
_REQUEST = re.compile(r"[0-9a-fA-F-]{36}")
_MOST_CHAIN = 10
_DENIED = frozenset({"AccessDeniedException", "AccessDenied"})


class Call(NamedTuple):
    """One call of a function."""

    function: str
    request_id: str
    attempt: Attempt


class FunctionLogs:
    """Reads them."""

    def __init__(self, functions: Any, logs: Any) -> None:
        """
        :param functions: the client of Lambda. `logs`: of CloudWatch Logs.
        """
        self._functions = functions
        self._logs = logs

    def of(self, call: Call, redaction: Redaction, now: datetime) -> dict[str, Any]:
        """The lines of one call, the oldest first."""
        told: dict[str, Any] = {
            "functionName": call.function,
            "requestId": call.request_id,
            "attempt": call.attempt.number,
            "logGroup": None,
            "items": [],
            "partial": False,
            "reason": None,
        }
        try:
            group = self._group(call.function)
            answer = self._logs.filter_log_events(
                logGroupName=group,
                filterPattern=f'"{call.request_id}"',
                startTime=_milliseconds(call.attempt.scheduled - _BEFORE),
                endTime=_milliseconds((call.attempt.ended or now) + _AFTER),
                limit=LINES,
            )
        except ClientError as error:
            return {**told, "reason": _refused(call.function, error)}
        items = [
            {
                "at": iso(moment(int(event["timestamp"]))),
                "message": redaction.text(str(event.get("message", "")).rstrip("\n")),
            }
            for event in answer.get("events", [])
        ]
        reason = None if items else "Nothing is logged of this call, or not any more, or not yet."
        more = "nextToken" in answer
        return {**told, "logGroup": group, "items": items, "partial": more, "reason": reason}

    def _group(self, function: str) -> str:
        told = self._functions.get_function_configuration(FunctionName=function)
        named = told.get("LoggingConfig", {}).get("LogGroup")
        return str(named or f"/aws/lambda/{function}")


def call_of(step: Step, events: list[dict[str, Any]]) -> Call | str:
    """The last call of a function in a step whose request id is known, or why there is none."""
    calls = [attempt for attempt in step.attempts if _is_lambda(attempt)]
    if not calls:
        return f"{step.name} calls no Lambda function: there is no log of it to find."
    for attempt in reversed(calls):
        function = _function(attempt)
        request = _request_id(attempt, step, events)
        if function and request and _REQUEST.fullmatch(request):
            return Call(function, request, attempt)
    return (
        "AWS tells no request id of this call: a success tells one only where the state calls "
        "lambda:invoke, a failure only where the function itself failed."
    )


def _is_lambda(attempt: Attempt) -> bool:
    resource = attempt.resource or ""
    return attempt.resource_type == "lambda" or ":function:" in resource


def _function(attempt: Attempt) -> str | None:
    """By name: the log is the function's, whatever version was called."""
    named = attempt.resource if ":function:" in (attempt.resource or "") else None
    parameters = parsed_object(attempt.parameters)
    if named is None and parameters is not None:
        named = parameters.get("FunctionName")
    found = _FUNCTION.fullmatch(str(named)) if named else None
    return found[1] if found else None


def _request_id(attempt: Attempt, step: Step, events: list[dict[str, Any]]) -> str | None:
    told = lambda_error(attempt.cause)
    if told is not None and told.request_id is not None:
        return told.request_id
    if attempt is not step.attempts[-1]:
        return None
    by_id: Mapping[int, Mapping[str, Any]] = {int(event["id"]): event for event in events}
    for event in reversed(events):
        output = event.get("taskSucceededEventDetails", {}).get("output")
        if output and _is_within(event, by_id, step):
            found = _REQUEST_ID.search(output)
            return found[1] if found else None
    return None


def _is_within(
    event: Mapping[str, Any], by_id: Mapping[int, Mapping[str, Any]], step: Step
) -> bool:
    """Does the chain of events before this one lead to where the state was entered?

    The embedded AWS links no events: there, only one thing happens at a time.
    """
    if "previousEventId" not in event:
        return step.entered_event < int(event["id"]) < (step.exited_event or int(event["id"]) + 1)
    for _ in range(_MOST_CHAIN):
        before = event.get("previousEventId")
        if before == step.entered_event:
            return True
        found = by_id.get(before) if isinstance(before, int) else None
        if found is None:
            return False
        event = found
    return False


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _refused(function: str, error: ClientError) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    if code == "ResourceNotFoundException":
        return f"The function {function}, or its log group, is not there (any more)."
    if code in _DENIED:
        return (
            f"AWS does not let Breakwater read the log of {function}: its role may read log "
            "groups below /aws/lambda/ and its own. Look in CloudWatch Logs."
        )
    return f"CloudWatch Logs did not answer ({code}). Try again."
