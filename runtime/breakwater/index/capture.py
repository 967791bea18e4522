"""A batch of records from the queue → rows: status changes, and what gates say. A bad record is
tried alone, then laid aside.

A record is bad in one of two ways. What is neither of the two (Malformed, a judgement on its text
alone) will never be one: it is laid aside at once. What failed for any other reason (the table was
busy, Step Functions did not answer, nobody foresaw it) is left to the queue, which brings it again,
alone; at try number contract.INDEX_TRIES it is laid aside too. Laying aside means: into the
dead-letter queue, whole, with its reason. `replay` brings it back.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aws_lambda_powertools import Logger

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.at_gate import GateWord
from breakwater.index.event import observation_of
from breakwater.index.gate_event import gate_word_of, is_of_gate
from breakwater.index.malformed import Malformed
from breakwater.index.observation import Observation
from breakwater.index.row import Row
from breakwater.index.rows import Rows
from breakwater.index.writer import Change, Writer

logger = Logger(child=True)


class DeadLetters(Protocol):
    """The queue of what could not be indexed."""

    def lay_aside(self, body: str, reason: str) -> None:
        """Keep this record, with its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What became of a batch."""

    changes: list[Change] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    """Message ids that the queue shall bring again."""

    laid_aside: int = 0
    lag_seconds: float | None = None
    """How far behind the newest change of this batch was written."""


@dataclass(slots=True, kw_only=True)
class _Current:
    """The rows that a batch is about, as far as they could be read."""

    rows: dict[str, Row]
    trouble: Exception | None = None


class Capture:
    """The work of the capturing function, without Lambda."""

    def __init__(
        self,
        rows: Rows,
        writer: Writer,
        dead_letters: DeadLetters,
        settings: IndexSettings,
        clock: Callable[[], datetime],
    ) -> None:
        self._rows = rows
        self._writer = writer
        self._dead_letters = dead_letters
        self._settings = settings
        self._clock = clock

    def batch(self, records: Sequence[Mapping[str, Any]]) -> Captured:
        """Index what the records say."""
        captured = Captured()
        laid_aside = 0
        seen: list[tuple[Mapping[str, Any], Observation | GateWord]] = []
        for record in records:
            try:
                said = _said(_json(record["body"]))
            except Malformed as malformed:
                laid_aside += self._lay_aside(record, malformed, captured.again)
                continue
            except Exception as error:  # we do not know what it is: another try may
                logger.exception("A record could not be read")
                laid_aside += self._failed(record, error, captured.again)
                continue
            child = isinstance(said, Observation) and said.is_map_child
            if self._settings.mapChildren or not child:
                seen.append((record, said))
        current = self._current(seen)
        for record, said in seen:
            laid_aside += self._index(record, said, current, captured)
        return Captured(
            changes=captured.changes,
            again=captured.again,
            laid_aside=laid_aside,
            lag_seconds=self._lag(captured.changes, [said for _, said in seen]),
        )

    def _current(
        self, seen: Sequence[tuple[Mapping[str, Any], Observation | GateWord]]
    ) -> "_Current":
        """The rows of the batch, in one read."""
        try:
            arns = {said.execution_arn for _, said in seen}
            return _Current(rows=dict(self._rows.read(arns)) if arns else {})
        except Exception as error:  # of any of them, or of all: each is tried by itself from now on
            logger.exception("The rows of a batch could not be read")
            return _Current(rows={}, trouble=error)

    def _index(
        self,
        record: Mapping[str, Any],
        said: Observation | GateWord,
        current: "_Current",
        captured: Captured,
    ) -> int:
        arn = said.execution_arn
        if current.trouble and _receives(record) < contract.INDEX_TRIES:
            captured.again.append(record["messageId"])
            return 0
        try:
            if current.trouble:  # its last try: alone, it may have been a neighbour's fault
                current.rows |= self._rows.read([arn])
            row = current.rows.get(arn)
            if isinstance(said, GateWord):
                change = self._writer.hear(said, row)
            else:
                change = self._writer.apply(said, row)
        except Exception as error:  # one record's trouble is not its neighbours'
            logger.exception("A record could not be indexed", extra={"executionArn": arn})
            return self._failed(record, error, captured.again)
        if change:
            current.rows[arn] = change.after
            captured.changes.append(change)
        return 0

    def _failed(self, record: Mapping[str, Any], error: Exception, again: list[str]) -> int:
        """Again, as long as it has tries left."""
        if _receives(record) < contract.INDEX_TRIES:
            again.append(record["messageId"])
            return 0
        return self._lay_aside(record, error, again)

    def _lay_aside(self, record: Mapping[str, Any], error: Exception, again: list[str]) -> int:
        reason = f"{type(error).__name__}: {error}"
        try:
            self._dead_letters.lay_aside(record["body"], reason)
        except Exception:  # then the queue itself lays it aside, without the reason
            logger.exception("A record could not be laid aside", extra={"reason": reason})
            again.append(record["messageId"])
            return 0
        logger.error("A record was laid aside", extra={"reason": reason})
        return 1

    def _lag(
        self, changes: Sequence[Change], seen: Sequence[Observation | GateWord]
    ) -> float | None:
        written = {change.after.execution_arn for change in changes}
        moments = [
            _moment(one)
            for one in seen
            if isinstance(one, Observation) and one.execution_arn in written
        ]
        if not moments:
            return None
        newest = max(moments)
        return max(0.0, round((self._clock() - newest).total_seconds(), 3))


def _moment(observation: Observation) -> datetime:
    """When what it tells of happened: to the millisecond, where the event's own time is not."""
    if observation.stopped:
        return observation.stopped
    return observation.redriven or observation.started


def _said(event: Any) -> Observation | GateWord:
    return gate_word_of(event) if is_of_gate(event) else observation_of(event)


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The record is no JSON: {body[:200]!r}") from error


def _receives(record: Mapping[str, Any]) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", "1"))
