"""Which event types there are, in which member each keeps its details, and what each tells.

62 types were known when this was written. A type that AWS adds later is understood by its ending
where that is enough (`SomethingStateEntered`), else it is unknown: kept, counted, not placed.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import NamedTuple

from breakwater.timeline.statuses import ABORTED, FAILED, RUNNING, SUCCEEDED, TIMED_OUT


class Tells(Enum):
    """What an event tells."""

    EXECUTION_STARTED = auto()
    EXECUTION_ENDED = auto()
    REDRIVEN = auto()
    ENTERED = auto()
    EXITED = auto()
    SCHEDULED = auto()
    STARTED = auto()
    SUBMITTED = auto()
    ENDED = auto()
    ROUND_STARTED = auto()
    ROUND_ENDED = auto()
    STATE_ABORTED = auto()
    ITERATION_STARTED = auto()
    ITERATION_ENDED = auto()
    MAP_RUN = auto()
    EVALUATION_FAILED = auto()
    UNKNOWN = auto()


class Rule(NamedTuple):
    """How to read one type of event."""

    tells: Tells
    member: str
    """Where its details are."""

    of: str = ""
    """The type of the state that it speaks of; of the execution's ends, the word for its status."""

    status: str = RUNNING
    """What it ends in."""


_STATES = ("Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait")
_ENDINGS = {
    "Succeeded": SUCCEEDED,
    "Failed": FAILED,
    "TimedOut": TIMED_OUT,
    "ScheduleFailed": FAILED,
    "StartFailed": FAILED,
    "SubmitFailed": FAILED,
}
_EXECUTION = {
    "Succeeded": ("SUCCEEDED", SUCCEEDED),
    "Failed": ("FAILED", FAILED),
    "TimedOut": ("TIMED_OUT", TIMED_OUT),
    "Aborted": ("ABORTED", ABORTED),
}
_ENTERED, _EXITED, _ABORTED = "StateEntered", "StateExited", "StateAborted"


def _member(kind: str) -> str:
    return f"{kind[:1].lower()}{kind[1:]}EventDetails"


def _rules() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}

    def add(kind: str, tells: Tells, of: str = "", status: str = RUNNING) -> None:
        rules[kind] = Rule(tells, _member(kind), of, status)

    add("ExecutionStarted", Tells.EXECUTION_STARTED)
    add("ExecutionRedriven", Tells.REDRIVEN)
    for ending, (word, status) in _EXECUTION.items():
        add(f"Execution{ending}", Tells.EXECUTION_ENDED, word, status)
    for state in _STATES:
        for kind in (f"{state}{_ENTERED}", f"{state}{_EXITED}", f"{state}{_ABORTED}"):
            rules[kind] = rule_of(kind)
    for kind in ("Task", "LambdaFunction", "Activity"):
        add(f"{kind}Scheduled", Tells.SCHEDULED, "Task")
        add(f"{kind}Started", Tells.STARTED, "Task")
        for ending, status in _ENDINGS.items():
            add(f"{kind}{ending}", Tells.ENDED, "Task", status)
    add("TaskSubmitted", Tells.SUBMITTED, "Task")
    _add_lanes(add)
    add("EvaluationFailed", Tells.EVALUATION_FAILED)
    return rules


def _add_lanes(add: Callable[..., None]) -> None:
    for state in ("Map", "Parallel"):
        add(f"{state}StateStarted", Tells.ROUND_STARTED, state)
        for ending, (_, status) in _EXECUTION.items():
            add(f"{state}State{ending}", Tells.ROUND_ENDED, state, status)
    add("MapIterationStarted", Tells.ITERATION_STARTED, "Map")
    for ending in ("Succeeded", "Failed", "Aborted"):
        add(f"MapIteration{ending}", Tells.ITERATION_ENDED, "Map", _EXECUTION[ending][1])
        add(f"MapRun{ending}", Tells.MAP_RUN, "Map", _EXECUTION[ending][1])
    add("MapRunStarted", Tells.MAP_RUN, "Map")
    add("MapRunRedriven", Tells.MAP_RUN, "Map")


def rule_of(kind: str) -> Rule:
    """How to read this type, one that nobody knows included."""
    known = RULES.get(kind)
    if known is not None:
        return known
    if kind.endswith(_ENTERED) and kind != _ENTERED:
        return Rule(Tells.ENTERED, "stateEnteredEventDetails", kind.removesuffix(_ENTERED))
    if kind.endswith(_EXITED) and kind != _EXITED:
        return Rule(Tells.EXITED, "stateExitedEventDetails", kind.removesuffix(_EXITED))
    if kind.endswith(_ABORTED) and kind != _ABORTED:
        return Rule(Tells.STATE_ABORTED, _member(kind), kind.removesuffix(_ABORTED), ABORTED)
    return Rule(Tells.UNKNOWN, _member(kind))


RULES: dict[str, Rule] = {}
RULES.update(_rules())
