"""How `/executions/{id}/step-functions` tells an execution: flat states, cut payloads, links.

Pure: what AWS said comes in, what the API says goes out. Redacted before it is cut, so that no
half of a secret stays.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from breakwater.timeline.console_links import console_links
from breakwater.timeline.execution_arn import ExecutionArn
from breakwater.timeline.lambda_error import lambda_error
from breakwater.timeline.moments import iso, moment
from breakwater.timeline.redaction import Redaction
from breakwater.timeline.step import Step
from breakwater.timeline.timeline import Timeline
from breakwater.timeline.token_learning import redaction_of

CUT_BYTES = 4096
PAGE_BYTES = 2_800_000
"""Of states, and of events, as a function hands them on: its answer, which holds our JSON as text,
may have 6 MB.
"""


class Wanted(NamedTuple):
    """What is asked for."""

    path: str
    """Of the route itself, for links to the whole of a state."""

    after: int = 0
    """States with a higher number."""

    step: int | None = None
    """Only this state, with everything."""

    events: bool = False
    events_after: int = 0


def step_functions_view(
    timeline: Timeline,
    described: Mapping[str, Any],
    execution: ExecutionArn,
    wanted: Wanted,
    *,
    log_group_arn: str | None = None,
    keys: tuple[str, ...] = (),
    learned: Timeline | None = None,
) -> dict[str, Any]:
    """The body of the answer.

    :param learned: the same with payloads, which tell its task tokens; default: `timeline`.
    """
    redaction = redaction_of(learned or timeline, keys)
    states, next_after = _states(timeline, redaction, wanted)
    started, stopped = moment(described.get("startDate")), moment(described.get("stopDate"))
    links = console_links(
        execution,
        log_group_arn=log_group_arn,
        started=started,
        stopped=stopped,
        latest=timeline.latest,
    )
    told: dict[str, Any] = {
        "executionArn": str(execution),
        "stateMachineArn": described.get("stateMachineArn", execution.state_machine_arn),
        "status": str(described.get("status", timeline.execution.status)),
        "startDate": iso(started),
        "stopDate": iso(stopped),
        "currentState": timeline.current[0].name if timeline.current else None,
        "currentStates": [step.path for step in timeline.current],
        "error": redaction.text(timeline.execution.error),
        "cause": cut(redaction.text(timeline.execution.cause))[0],
        "states": states,
        "nextAfter": next_after,
        "totalStates": len(timeline.steps),
        "totalEvents": len(timeline.events),
        "unplaced": len(timeline.unplaced),
        "links": links._asdict(),
        "events": None,
        "nextEventsAfter": None,
    }
    if wanted.events:
        told["events"], told["nextEventsAfter"] = raw_events(
            timeline.events, redaction, wanted.events_after
        )
    whole: dict[str, Any] = _plain(told)
    return whole


def cut(text: str | None, limit: int | None = CUT_BYTES) -> tuple[str | None, bool]:
    """A text of at most so many bytes, never half a character; and whether something is missing."""
    if text is None or limit is None:
        return text, False
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return text, False
    return encoded[:limit].decode("utf-8", "ignore"), True


def _states(
    timeline: Timeline, redaction: Redaction, wanted: Wanted
) -> tuple[list[dict[str, Any]], int | None]:
    if wanted.step is not None:
        step = timeline.step(wanted.step)
        return ([_state(step, redaction, wanted, None)] if step is not None else []), None
    rest = iter(timeline.steps[wanted.after :])
    return _page(
        (_state(step, redaction, wanted, CUT_BYTES) for step in rest),
        lambda state: int(state["number"]),
    )


def _state(step: Step, redaction: Redaction, wanted: Wanted, limit: int | None) -> dict[str, Any]:
    given, given_cut = cut(redaction.text(step.input), limit)
    output, output_cut = cut(redaction.text(step.output), limit)
    cause, cause_cut = cut(redaction.text(step.cause), limit)
    told = lambda_error(step.cause)
    return {
        "number": step.number,
        "name": step.name,
        "type": step.type,
        "path": step.path,
        "occurrence": step.occurrence,
        "status": step.status,
        "enteredAt": iso(step.entered),
        "exitedAt": iso(step.exited),
        "duration": step.duration,
        "attempts": len(step.attempts),
        "input": given,
        "inputTruncated": given_cut,
        "output": output,
        "outputTruncated": output_cut,
        "error": redaction.text(step.error),
        "cause": cause,
        "causeTruncated": cause_cut,
        "requestId": redaction.text(told.request_id) if told is not None else None,
        "whole": f"{wanted.path}?step={step.number}",
    }


def raw_events(
    events: Iterable[dict[str, Any]], redaction: Redaction, after: int, most: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Those with a higher id, redacted, as many as fit; and after which to go on, None at the end.

    :param most: no more than these.
    """
    rest = (event for event in events if event["id"] > after)
    told = (redaction.value(_plain(event)) for event in rest)
    return _page(told, lambda event: int(event["id"]), most)


def _page(
    things: Iterator[dict[str, Any]], number: Any, most: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """As many as fit, at least one; and after which number to go on, None at the end."""
    page: list[dict[str, Any]] = []
    size = 0
    for thing in things:
        size += len(json.dumps(json.dumps(thing)))
        if page and (size > PAGE_BYTES or len(page) == most):
            return page, number(page[-1])
        page.append(thing)
    return page, None


def _plain(value: Any) -> Any:
    """With moments as text, and text without half characters, which JSON can hold and UTF-8 not."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
