"""How long runs of a plan usually take: its latest that completed, drills among them. Pure.

Measured as the run itself is, pauses included, in the run's own seconds; exact, not sketched. One
in twenty is not known from fewer than twenty.
"""

from collections.abc import Iterable
from typing import Any

from breakwater.recovery.engine.run import Run
from breakwater.recovery.engine.status import RunStatus

LATEST = 30
"""So many of the plan's runs are looked at: one Query, of a few KB."""

_ENOUGH_FOR_P95 = 20


def usual_run(run: Run, runs_of_plan: Iterable[Run]) -> dict[str, Any]:
    """What is usual for this run, by others of its plan."""
    taken = sorted(
        round(one.seconds_between(one.started_at, one.ended_at), 3)
        for one in runs_of_plan
        if one.status is RunStatus.COMPLETED
        and one.ended_at is not None
        and one.execution_id != run.execution_id
    )
    return {
        "p50Seconds": _share(taken, 50) if taken else None,
        "p95Seconds": _share(taken, 95) if len(taken) >= _ENOUGH_FOR_P95 else None,
        "samples": len(taken),
    }


def _share(ordered: list[float], percent: int) -> float:
    """So many percent took no longer."""
    return ordered[-(-len(ordered) * percent // 100) - 1]
