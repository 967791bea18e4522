"""How far a workflow is: counted where somebody counts, estimated where that is said. Pure.

While it runs it is never at 100 %. Without anything to compare with there is no percentage.
"""

from breakwater.workflows.profiles import Profile
from breakwater.workflows.workflow import Progress
from breakwater.workflows.workflow_status import COMPLETED, ENDED

MOST_WHILE_RUNNING = 99


def counted(
    status: str, *, completed: int, total: int, current_step: str | None = None
) -> Progress:
    """Somebody knows how much there is: waves, servers, what a custom workflow says."""
    return Progress(
        current_step=current_step,
        completed=completed,
        total=total,
        percent=_percent(status, completed, total),
        estimated=False,
    )


def by_steps(
    status: str, *, entered: int, expected: float | None, current_step: str | None
) -> Progress:
    """Steps entered against as many as there usually are; loops and choices make it a guess."""
    total = max(round(expected), entered) if expected else None
    return Progress(
        current_step=current_step,
        completed=entered,
        total=total,
        percent=_percent(status, entered, total) if total else _end(status),
        estimated=status != COMPLETED,
    )


def by_time(
    status: str,
    *,
    elapsed: float | None,
    profile: Profile | None,
    current_step: str | None = None,
) -> Progress:
    """Nothing is known of its steps: elapsed time against half of those before it.

    A list must not read histories: this is what can be said without one.
    """
    expected = profile.p50 if profile and profile.samples else None
    steps = profile.median_steps if profile and profile.samples else None
    percent = _end(status)
    if percent is None and expected and elapsed is not None and status not in ENDED:
        percent = min(MOST_WHILE_RUNNING, int(100 * elapsed / expected))
    return Progress(
        current_step=current_step,
        total=steps or None,
        percent=percent,
        estimated=status != COMPLETED,
    )


def _percent(status: str, completed: float, total: float) -> int | None:
    if status == COMPLETED:
        return 100
    if total <= 0:
        return None
    return min(MOST_WHILE_RUNNING, int(100 * completed / total))


def _end(status: str) -> int | None:
    return 100 if status == COMPLETED else None
