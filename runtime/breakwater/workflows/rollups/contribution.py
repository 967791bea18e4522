"""What one ended execution, or one redrive of it, adds to the figures. Pure.

(index row, timeline or None) → Contribution. The row tells how it ended; the timeline, where one
could be read, what happened within. What is not known is left out and said, never guessed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from breakwater.contract import State
from breakwater.index import status as statuses
from breakwater.index.row import Row
from breakwater.timeline.fingerprint import fingerprint
from breakwater.workflows.rollups.sketch import Sketch

_MS = 1000
_LONGEST_ERROR = 100  # characters: it stands in keys


class Outcome(StrEnum):
    """How it ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    TIMED_OUT = "timedOut"
    CANCELLED = "cancelled"
    OTHER = "other"
    """In a status that AWS added and we do not know."""


FAILURES = frozenset({Outcome.FAILED, Outcome.TIMED_OUT})
"""Being cancelled is no failure: somebody wanted it."""


class History(StrEnum):
    """Whether its history was read and, if not, why not."""

    READ = "read"
    NO_BUDGET = "noBudget"
    """Step Functions was asked too much already; it will be read later."""

    NOT_YET = "notYet"
    """The history did not tell of the end yet; it will be read later."""

    UNCLEAR = "unclear"
    """A day later it still did not."""

    GONE = "gone"
    DENIED = "denied"
    NONE = "none"
    """Nobody keeps one: an Express execution, or none of Step Functions."""


TO_BE_READ = frozenset({History.NO_BUDGET, History.NOT_YET})


class Sla(StrEnum):
    """Whether the target was met."""

    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFigures:
    """All visits of one state."""

    occurrences: int
    failed: int = 0
    """Visits that ended in a failure that nothing caught."""

    attempts: int = 0
    retries: int = 0
    succeeded: Sketch = field(default_factory=Sketch)
    """Milliseconds of the visits that succeeded, and of those that ended otherwise."""

    otherwise: Sketch = field(default_factory=Sketch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One (execution, redrive). Everything that is needed to take it out of the figures again."""

    execution_arn: str
    redrive: int
    revision: int
    """Of the row that it was drawn from: an older row never replaces it."""

    machine: str
    """The state machine's ARN."""

    agent: str
    outcome: Outcome
    ended_at: str
    duration_ms: int
    """Of this attempt: a redrive's begins when it was redriven."""

    sla: Sla | None = None
    """None: it has no target, or was cancelled within it."""

    error: str | None = None
    fingerprint: str | None = None
    """Of a failure; the same as the timeline's, once the history was read."""

    failing_state: str | None = None
    history: History = History.NO_BUDGET
    listed: str | None = None
    """The moment under which the list of what is still to be read has it."""

    transitions: int | None = None
    """≈ what Step Functions bills: states entered, and retries. None: unknown, or not billed so."""

    steps_entered: int | None = None
    steps: Mapping[str, StepFigures] = field(default_factory=dict)
    """By the state's name; EVERYTHING_ELSE for those beyond MOST_STEPS names."""

    @property
    def key(self) -> tuple[str, int]:
        """Whose it is."""
        return (self.execution_arn, self.redrive)

    @property
    def failed(self) -> bool:
        """Did it fail?"""
        return self.outcome in FAILURES

    def with_history_of(self, other: Self) -> Self:
        """With what the history of the same attempt told before: an ended one changes no more."""
        return replace(
            self,
            history=other.history,
            listed=other.listed,
            transitions=other.transitions,
            steps_entered=other.steps_entered,
            steps=other.steps,
            **_failure_told(other) if self.failed and other.failed else {},
        )

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            **{
                name: value
                for name, value in asdict(replace(self, steps={})).items()
                if value is not None
            },
            "steps": {
                name: {
                    **{key: getattr(one, key) for key in _COUNTS},
                    **{key: getattr(one, key).to_numbers() for key in _SKETCHES},
                }
                for name, one in self.steps.items()
            },
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        sla = told.get("sla")
        return cls(
            **{
                **told,
                "outcome": Outcome(told["outcome"]),
                "history": History(told["history"]),
                "sla": Sla(sla) if sla else None,
                "steps": {name: _step(one) for name, one in told["steps"].items()},
            }
        )


_COUNTS = ("occurrences", "failed", "attempts", "retries")
_SKETCHES = ("succeeded", "otherwise")


def _step(told: Mapping[str, Any]) -> StepFigures:
    figures: dict[str, Any] = {key: told[key] for key in _COUNTS}
    figures |= {key: Sketch.from_numbers(told[key]) for key in _SKETCHES}
    return StepFigures(**figures)


def _failure_told(read: Contribution) -> dict[str, Any]:
    """What only a history tells of a failure."""
    if read.history is not History.READ:
        return {}
    return {"failing_state": read.failing_state, "fingerprint": read.fingerprint}


def facts_of(row: Row) -> Contribution:
    """What the row of an ended execution tells; of its history nothing yet."""
    if row.is_open or row.stop_date is None:
        raise ValueError(f"{row.execution_arn} has not ended: it adds nothing to the figures yet")
    outcome = _outcome(row)
    failed = outcome in FAILURES
    return Contribution(
        execution_arn=row.execution_arn,
        redrive=row.redrive_count,
        revision=row.revision,
        machine=row.state_machine_arn,
        agent=row.agent_name,
        outcome=outcome,
        ended_at=row.stop_date,
        duration_ms=_duration_ms(row, row.stop_date),
        sla=_sla(row, outcome),
        error=(row.error or "")[:_LONGEST_ERROR] or None if failed else None,
        fingerprint=fingerprint(row.error, None, row.cause) if failed else None,
    )


def _outcome(row: Row) -> Outcome:
    """A recovery run that was cancelled, or ran out of time, ends in a Fail state that says so."""
    if row.status == statuses.FAILED:
        return {
            State.PLAN_CANCELLED.value: Outcome.CANCELLED,
            State.PLAN_TIMEOUT.value: Outcome.TIMED_OUT,
        }.get(row.error or "", Outcome.FAILED)
    return {
        statuses.SUCCEEDED: Outcome.COMPLETED,
        statuses.TIMED_OUT: Outcome.TIMED_OUT,
        statuses.ABORTED: Outcome.CANCELLED,
    }.get(row.status, Outcome.OTHER)


def _duration_ms(row: Row, stop_date: str) -> int:
    if row.duration_seconds is not None and not row.redrive_count:
        return max(round(row.duration_seconds * _MS), 0)
    begun = (row.redrive_count and row.redrive_date) or row.start_date
    passed = datetime.fromisoformat(stop_date) - datetime.fromisoformat(begun)
    return max(round(passed.total_seconds() * _MS), 0)


def _sla(row: Row, outcome: Outcome) -> Sla | None:
    """Met by completing within the target, counted from the start, over all attempts."""
    target, took = row.sla_target_seconds, row.duration_seconds
    if not target or took is None:
        return None
    if took > target:
        return Sla.MISSED
    if outcome is Outcome.COMPLETED:
        return Sla.MET
    return Sla.MISSED if outcome in FAILURES else None
