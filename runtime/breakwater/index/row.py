"""One row of the index ↔ what stands in the table. Pure.

The fields are the table's attributes in Python's spelling. Attributes that are not named here
belong to somebody else (annotations, figures of the timeline) and are left as they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self

from breakwater.index import at_gate, watch
from breakwater.index import status as statuses
from breakwater.index.watch import ATTENTION, NEVER, OPEN
from breakwater.platform.clock import iso

__all__ = ["ATTENTION", "ATTRIBUTES", "INTERNAL", "NEVER", "OPEN", "Row", "shown"]
_BOOKKEEPING = frozenset({"indexed_at", "confirmed_by", "confirmed_at", "revision"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the index knows of one execution. Times are ISO-8601, UTC, with milliseconds."""

    execution_arn: str
    execution_name: str
    state_machine_arn: str
    agent_name: str
    status: str
    """Of its lifecycle; in the table, and so to readers, PAUSED while a gate holds it."""

    start_date: str
    account: str
    region: str

    indexed_at: str = ""
    """When this row was last changed."""

    confirmed_by: str = ""
    """How it was last seen: `event`, `list` or `describe`, at `confirmed_at`."""

    confirmed_at: str = ""

    revision: int = 0
    """Counts the changes: a writer changes only what it has read."""

    redrive_count: int = 0
    redrive_date: str | None = None
    stop_date: str | None = None
    duration_seconds: float | None = None
    error: str | None = None
    cause: str | None = None
    input_size: int | None = None
    output_size: int | None = None
    version: str | None = None
    alias: str | None = None
    priority: str | None = None
    triggered_by: str | None = None
    sla_target_seconds: float | None = None
    search: dict[str, Any] | None = None
    """Path into the input → what was found there: text, number or truth."""

    expires_at: int | None = None
    """Epoch seconds after which DynamoDB drops the row; never on an open one."""

    conflict: list[dict[str, Any]] | None = None
    """Other ends that were reported of the same attempt, until Step Functions itself is asked."""

    attention: list[str] | None = None
    """What the sweep must still find out: `agentName`, `input`, `conflict`."""

    misses: int | None = None
    """How often in a row Step Functions did not know the execution."""

    custom: dict[str, Any] | None = None
    """Of a workflow that publishes its own events: what else they said. No execution has it."""

    gate: dict[str, Any] | None = None
    """What the gate of its machine said last: see `at_gate`."""

    sla_warned_at: str | None = None
    """When this attempt was found at risk of missing its target, and beyond it: see `watch`."""

    sla_breached_at: str | None = None
    slow_state: str | None = None
    """The state last found slower than its own p95, and since when the execution was in it."""

    slow_state_since: str | None = None
    slow_states: list[str] | None = None
    """All states of which that was told in this attempt: each once."""

    current_step: str | None = None
    """The state that it had entered last when its states were last looked at."""

    current_step_at: str | None = None
    """When that was."""

    untold: list[str] | None = None
    """Alerts that are written here and of which nobody knows yet whether people were told."""

    quiet_until: str | None = None
    """Whoever watches has it in hand: before this nothing is due."""

    look_at: str | None = None
    """When somebody is to look at its states next."""

    @property
    def is_open(self) -> bool:
        """May something still happen to it?"""
        return statuses.is_open(self.status, stopped=self.stop_date is not None)

    @property
    def rank(self) -> int:
        """Where its status stands within one attempt."""
        return statuses.rank(self.status, stopped=self.stop_date is not None)

    def says_the_same(self, other: "Row") -> bool:
        """But for when and how each was confirmed."""
        return all(
            getattr(self, field.name) == getattr(other, field.name)
            for field in fields(self)
            if field.name not in _BOOKKEEPING
        )

    def to_values(self) -> dict[str, Any]:
        """Attribute → value, None where it must not be there."""
        values = {_NAMES[field.name]: getattr(self, field.name) for field in fields(self)}
        status = at_gate.shown_status(self)
        return {
            **values,
            "status": status,
            "agentStatus": f"{self.agent_name}#{status}",
            "startDay": self.start_date[:10],
            "stopDay": self.stop_date[:10] if self.stop_date else None,
            "open": watch.kept_among(self),
            "deadline": watch.due_at(self),  # derived, so it follows the target
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """The row that the table holds."""
        known = {
            name: values[attribute] for name, attribute in _NAMES.items() if attribute in values
        }
        return cls(**{**known, "status": at_gate.lifecycle_status(values)})


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found.group(1).upper(), name)


_NAMES = {field.name: _camel(field.name) for field in fields(Row)}
ATTRIBUTES = frozenset(_NAMES.values())
# Attributes that serve indexes and writers, not readers.
INTERNAL = frozenset(
    {
        *("agentStatus", "startDay", "stopDay", "open", "deadline", "revision", "misses"),
        *("slowStates", "untold", "quietUntil", "lookAt"),
    }
)


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as readers get it: without what only serves the index.

    `deadline` is when an open one should have ended; in the table it is what is due next.
    """
    kept = {name: value for name, value in values.items() if name not in INTERNAL}
    target = values.get("slaTargetSeconds")
    if values.get("open") == OPEN and target:
        started = datetime.fromisoformat(values["startDate"])
        kept["deadline"] = iso(started + timedelta(seconds=float(target)))
    return kept
