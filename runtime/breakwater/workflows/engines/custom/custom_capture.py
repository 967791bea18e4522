"""A batch of records from the queue → what events said. A bad one is laid aside with its reason.

What is no event of ours will never be one: it goes to the dead-letter queue at once, whole, with
what is wrong in it. What failed for another reason the queue brings again, and after
contract.INDEX_TRIES it is laid aside too. One record's trouble is not its neighbours'.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aws_lambda_powertools import Logger
from pydantic import ValidationError

from breakwater import contract
from breakwater.index.capture import DeadLetters
from breakwater.index.malformed import Malformed
from breakwater.workflows.engines.custom.event import DETAIL_TYPE, WorkflowEvent

logger = Logger(child=True)
_PROBLEMS_TOLD = 10


class Store(Protocol):
    """Where events are kept."""

    def record(self, event: WorkflowEvent) -> bool:
        """Keep what it says; True if it said anything new."""


@dataclass(slots=True, kw_only=True)
class Captured:
    """What became of a batch."""

    recorded: int = 0
    known: int = 0
    laid_aside: int = 0
    again: list[str] = field(default_factory=list)
    """Message ids that the queue shall bring again."""


class CustomCapture:
    """The work of the capturing function, without Lambda."""

    def __init__(self, store: Store, dead_letters: DeadLetters) -> None:
        self._store = store
        self._dead_letters = dead_letters

    def batch(self, records: Sequence[Mapping[str, Any]]) -> Captured:
        """Keep what the records say."""
        captured = Captured()
        for record in records:
            try:
                new = self._store.record(event_of(record["body"]))
            except Malformed as malformed:
                self._lay_aside(record, malformed, captured)
            except Exception as error:  # one record's trouble is not its neighbours'
                logger.exception("An event could not be recorded")
                if int(record["attributes"]["ApproximateReceiveCount"]) < contract.INDEX_TRIES:
                    captured.again.append(record["messageId"])
                else:
                    self._lay_aside(record, error, captured)
            else:
                captured.recorded += new
                captured.known += not new
        return captured

    def _lay_aside(self, record: Mapping[str, Any], error: Exception, captured: Captured) -> None:
        reason = f"{type(error).__name__}: {error}"
        try:
            self._dead_letters.lay_aside(record["body"], reason)
        except Exception:  # then the queue itself lays it aside, without the reason
            logger.exception("A record could not be laid aside", extra={"reason": reason})
            captured.again.append(record["messageId"])
            return
        logger.error("A record was laid aside", extra={"reason": reason})
        captured.laid_aside += 1


def event_of(body: str) -> WorkflowEvent:
    """The event in a record; Malformed, with every field that is wrong, if there is none."""
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The record is no JSON: {body[:200]!r}") from error
    kind = envelope.get("detail-type") if isinstance(envelope, dict) else None
    if kind != DETAIL_TYPE:
        raise Malformed(f"This is no {DETAIL_TYPE!r} but {kind!r}")
    try:
        # JSON mode: times are text, numbers are numbers and nothing else is either.
        return WorkflowEvent.model_validate_json(json.dumps(envelope.get("detail")), strict=True)
    except (ValidationError, ValueError, RecursionError) as error:
        raise Malformed(_told(error)) from error


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    found = error.errors(include_url=False, include_context=False)
    told = "; ".join(
        f"{'.'.join(str(part) for part in one['loc']) or 'detail'}: {one['msg']} "
        f"(it is {repr(one['input'])[:80]})"
        for one in found[:_PROBLEMS_TOLD]
    )
    more = len(found) - _PROBLEMS_TOLD
    return f"{told}; and {more} more" if more > 0 else told
