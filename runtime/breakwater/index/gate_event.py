"""An event of a gate → what it says. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from breakwater import contract
from breakwater.index.arns import parts
from breakwater.index.at_gate import GateWord
from breakwater.index.event import LONGEST_ARN, needed_text
from breakwater.index.malformed import Malformed
from breakwater.platform.clock import iso


def is_of_gate(event: Any) -> bool:
    """Does it say that a gate sent it?"""
    return (
        isinstance(event, Mapping)
        and event.get("source") == contract.GATE_EVENT_SOURCE
        and event.get("detail-type") == contract.GATE_EVENT_TYPE
    )


def gate_word_of(event: Mapping[str, Any]) -> GateWord:
    """What it says; Malformed, with what is wrong, if it says nothing."""
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        raise Malformed(f"The event's detail is {detail!r}")
    execution = needed_text(detail, "executionArn", longest=LONGEST_ARN)
    parts(execution, "execution")
    held = detail.get("isHeld")
    if not isinstance(held, bool):
        raise Malformed(f"isHeld of the event is {held!r}; it is true or false")
    asked_at = _moment(detail, "askedAt")
    if not held:
        return GateWord(execution_arn=execution, asked_at=asked_at, is_held=False)
    return GateWord(
        execution_arn=execution,
        asked_at=asked_at,
        is_held=True,
        gate=needed_text(detail, "gate"),
        since=_moment(detail, "since"),
        until=_moment(detail, "until"),
    )


def _moment(detail: Mapping[str, Any], name: str) -> str:
    """As all rows write it, so that times compare."""
    said = detail.get(name)
    try:
        moment = datetime.fromisoformat(said)  # type: ignore[arg-type]
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(f"{name} of the event is {str(said)[:80]!r}, no moment") from error
