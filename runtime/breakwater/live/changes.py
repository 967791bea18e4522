"""A record of a table's stream → what is told, and to which topics. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from breakwater import contract
from breakwater.live import words
from breakwater.live.execution_deltas import execution_deltas
from breakwater.live.frames import text_of
from breakwater.live.note_deltas import note_deltas
from breakwater.live.run_deltas import run_deltas
from breakwater.live.topic_head import Change
from breakwater.live.topics import LIST, topic_of
from breakwater.platform.attribute_values import from_item

Delta = Mapping[str, Any]
_ON_THE_LIST = frozenset(
    {
        words.WORKFLOW_STARTED,
        words.WORKFLOW_STATUS_CHANGED,
        words.WAVE_UPDATED,
        words.SLA_WARNING,
        words.SLA_BREACHED,
        words.INDEX_HEALTH,
    }
)


class NotAChange(ValueError):
    """A record that no release of ours has written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that happened."""

    id: str
    deltas: Sequence[Delta]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReader:
    """Reads records of both streams."""

    recovery_machine_arn: str | None = None
    """Without version or alias: its executions are told as runs."""

    time_scale: float = 1.0

    def read(self, record: Mapping[str, Any]) -> Told:
        """What a record means; no deltas where there is nothing to tell."""
        try:
            deltas = self._deltas(record)
            text_of({"deltas": deltas}).encode()  # what cannot be sent is found here, alone
            return Told(id=str(record["eventID"]), deltas=deltas)
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise NotAChange(f"The record is no change of ours: {error!r}") from error

    def _deltas(self, record: Mapping[str, Any]) -> list[Delta]:
        change = record["dynamodb"]
        if record["eventName"] == "REMOVE" or not change.get("NewImage"):
            return []
        after = from_item(change["NewImage"])
        old = change.get("OldImage")
        before = from_item(old) if old else None
        at = datetime.fromtimestamp(float(change["ApproximateCreationDateTime"]), UTC)
        if contract.EXECUTION_INDEX.partition not in change["Keys"]:
            return [*run_deltas(before, after, at=at, time_scale=self.time_scale)]
        if str(after[contract.EXECUTION_INDEX.partition]).startswith("#"):
            return [*note_deltas(before, after, at=at)]
        return [
            *execution_deltas(before, after, at=at, recovery_machine_arn=self.recovery_machine_arn)
        ]


def by_topic(told: Iterable[Told]) -> dict[str, list[Change]]:
    """Who is to hear what, in the order in which it happened."""
    found: dict[str, list[Change]] = {}
    for one in told:
        mine: dict[str, list[Delta]] = {}
        for delta in one.deltas:
            if delta["type"] in _ON_THE_LIST:
                mine.setdefault(LIST, []).append(delta)
            if "workflowId" in delta:
                mine.setdefault(topic_of(delta["workflowId"]), []).append(delta)
        for topic, deltas in mine.items():
            found.setdefault(topic, []).append(Change(id=one.id, deltas=deltas))
    return found
