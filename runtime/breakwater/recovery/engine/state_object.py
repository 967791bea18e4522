"""The state object that Step Functions carries from state to state: ids, counters and control.

Never servers, so its size does not depend on the plan. The run's items are the truth: of a state
object that comes in only the ids are read, so one of an older release is understood as well as one
of a newer that was rolled back; `schemaVersion` says which release wrote it.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from breakwater.platform import clock
from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.status import RunStatus

SCHEMA_VERSION = 2
"""1: had neither `cause` nor `pauseTimeoutSeconds` nor `cleanup` nor `pauses`."""

CAUSE_BYTES = 1000
"""As it travels, in JSON: the whole state object stays below 2 KB, whatever people write."""

TO_PAUSE_SECONDS = 10
"""A pause's time counts from when its token is kept, which is so much later at most, usually, than
the state machine begins to count. Should it wake too early, it waits for the rest."""


class NotOurs(ValueError):
    """What came in names no run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Which run a state object, or an execution's input, is about."""

    execution_id: str
    cleanup: int = 0
    """0: the run itself; n: the n-th cleanup after its end."""

    pauses: int | None = None
    """How many pauses had ended then; None: it was not said, as in answers given by hand."""

    def of_a_pause_before(self, run: Run) -> bool:
        """Is this a late copy of what was said of a pause that has ended since?"""
        return self.pauses is not None and self.pauses != len(run.pauses)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """From a state object of any release, or from the input (`ExecutionId`)."""
        found = state.get("executionId") or state.get("ExecutionId")
        if not isinstance(found, str) or not found:
            raise NotOurs(
                "The state object names no run: it has no executionId. Start recovery runs with "
                "POST /executions, not by hand."
            )
        pauses = state.get("pauses")
        return cls(
            execution_id=found,
            cleanup=int(state.get("cleanup") or state.get("Cleanup") or 0),
            pauses=None if pauses is None else int(pauses),
        )


def execution_input(run: Run, cleanup: int = 0) -> dict[str, Any]:
    """What an execution is started with."""
    words: dict[str, Any] = {
        "Plan": run.plan_id,
        "IsDrill": run.is_drill,
        "ExecutionId": run.execution_id,
    }
    return {**words, "Cleanup": cleanup} if cleanup else words


def state_object(
    run: Run, now: datetime, *, status: RunStatus | None = None, cleanup: int = 0
) -> dict[str, Any]:
    """The run as Step Functions is told of it.

    :param status: where the machine is to go, if that is not what the run's status says: PAUSED
        before there is a token; RUNNING and then COMPLETED or FAILED for a cleanup.
    """
    deadline = run.deadline(now)
    said = status or run.status
    return {
        "schemaVersion": SCHEMA_VERSION,
        "executionId": run.execution_id,
        "planId": run.plan_id,
        "isDrill": run.is_drill,
        "status": said.value,
        "allWavesCompleted": run.status is RunStatus.COMPLETED,
        "waveCompleted": run.waves_ended,
        "waitSeconds": run.wait_seconds,
        "deadline": clock.iso(deadline) if deadline else None,
        "pauseTimeoutSeconds": _pause_seconds(run, now),
        "cause": cut(run.cause or said.value),
        "cleanup": cleanup,
        "pauses": len(run.pauses),
    }


def cut(cause: str) -> str:
    """As much of it as the state object carries."""
    while len(json.dumps(cause, ensure_ascii=False).encode()) > CAUSE_BYTES:
        cause = cause[: len(cause) * 9 // 10]
    return cause


def _pause_seconds(run: Run, now: datetime) -> int:
    """How long the state machine waits for a person, from now."""
    ends = run.pause_deadline() or now + run.longest_pause(now)
    return max(0, math.ceil((ends - now).total_seconds())) + TO_PAUSE_SECONDS


def encoded(output: Mapping[str, Any]) -> str:
    """As SendTaskSuccess takes it."""
    return json.dumps(output, ensure_ascii=False)
