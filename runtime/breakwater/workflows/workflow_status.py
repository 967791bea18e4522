"""The statuses of workflows, and what the engines' own words mean. Pure.

A word that nobody knows is shown as it is: it is no reason to show nothing.
"""

from collections.abc import Mapping

PENDING = "PENDING"
RUNNING = "RUNNING"
PAUSED = "PAUSED"
CANCELLING = "CANCELLING"
COMPLETED = "COMPLETED"
FAILED = "FAILED"
TIMED_OUT = "TIMED_OUT"
CANCELLED = "CANCELLED"

KNOWN = (PENDING, RUNNING, PAUSED, CANCELLING, COMPLETED, FAILED, TIMED_OUT, CANCELLED)
ENDED = frozenset({COMPLETED, FAILED, TIMED_OUT, CANCELLED})
UNSUCCESSFUL = frozenset({FAILED, TIMED_OUT})
ACTIVE = frozenset(KNOWN) - ENDED

_OF_STEP_FUNCTIONS: Mapping[str, str] = {"SUCCEEDED": COMPLETED, "ABORTED": CANCELLED}
_OF_RECOVERY: Mapping[str, str] = {"PAUSING": RUNNING}
_TO_STEP_FUNCTIONS = {ours: theirs for theirs, ours in _OF_STEP_FUNCTIONS.items()}


def of_step_functions(word: str) -> str:
    """What an execution's status is called here."""
    return _OF_STEP_FUNCTIONS.get(word, word)


def to_step_functions(status: str) -> str:
    """The same the other way round, for asking the index."""
    return _TO_STEP_FUNCTIONS.get(status, status)


def of_recovery(word: str) -> str:
    """What a run's status is called here: PAUSING still runs."""
    return _OF_RECOVERY.get(word, word)


def of_recovery_execution(word: str, error: str | None) -> str:
    """What became of a run, by its execution alone: its last state names the end."""
    if word == "FAILED" and error == "PlanCancelled":
        return CANCELLED
    if word == "FAILED" and error == "PlanTimeout":
        return TIMED_OUT
    return of_step_functions(word)


def to_recovery(status: str) -> tuple[str, ...]:
    """The words of runs that are called so here."""
    return (RUNNING, "PAUSING") if status == RUNNING else (status,)
