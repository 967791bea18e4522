"""What may be done with a recovery run, and if not, why. Pure.

The run's own rules (recovery/engine/run_desk.py), told before somebody tries. The desk decides
again, with what holds then.
"""

from collections.abc import Mapping

from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission
from breakwater.workflows.engines.step_functions.capabilities import YES, lacking, no
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_status import (
    CANCELLED,
    FAILED,
    PAUSED,
    PENDING,
    RUNNING,
    TIMED_OUT,
)

_RETRIED = frozenset({FAILED, TIMED_OUT, CANCELLED})
_UNDER_WAY = frozenset({PENDING, RUNNING, PAUSED})


def run_capabilities(workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
    """Of a run. Whether waves are held, a list does not know: the run itself tells."""
    permission = Permission.RUN_DRILL if workflow.is_drill else Permission.RUN_RECOVERY
    barred = lacking(by, permission)
    clone = no(f"Start its plan again: POST /executions. This run is {workflow.id}.")
    if barred:
        return {**dict.fromkeys(Action, barred), Action.CLONE: clone, Action.EXPORT: YES}
    return {
        Action.PAUSE: _pause(workflow),
        Action.RESUME: _resume(workflow),
        Action.CANCEL: _cancel(workflow),
        Action.RETRY: _retry(workflow),
        Action.CLONE: clone,
        Action.EXPORT: YES,
    }


def _word(workflow: Workflow) -> str:
    """The run's own status: PAUSING is RUNNING to everybody else."""
    return str(workflow.facts.get("status", workflow.status))


def _pause(workflow: Workflow) -> Capability:
    word = _word(workflow)
    return YES if word == RUNNING else no(f"It is {word}; only RUNNING pauses.")


def _cancel(workflow: Workflow) -> Capability:
    by = workflow.facts.get("cancelledBy")
    if workflow.status in _UNDER_WAY and by is None:
        return YES
    told = f" {by} cancelled it." if by else ""
    return no(f"It is {_word(workflow)}: there is nothing to cancel.{told}")


def _retry(workflow: Workflow) -> Capability:
    if workflow.status not in _RETRIED:
        return no(f"It is {workflow.status}; what FAILED, TIMED_OUT or was CANCELLED is retried.")
    newer = workflow.facts.get("retriedBy")
    return no(f"It was retried already, by the run {newer}: see that one.") if newer else YES


def _resume(workflow: Workflow) -> Capability:
    word, facts = _word(workflow), workflow.facts
    held = facts.get("held")
    if facts.get("resumedBy"):
        return no(f"{facts['resumedBy']} resumed it already.")
    if facts.get("cancelledBy"):
        return no(f"{facts['cancelledBy']} cancelled it.")
    if word == "PAUSING" or (word == PAUSED and (held is None or held or facts.get("pauseAsked"))):
        return YES
    if word == RUNNING and held is None:
        return no("It runs. If a wave is held, the run itself offers to let it go.")
    if word == RUNNING:
        return YES if held else no("It runs, and no wave is held: there is nothing to resume.")
    return no(f"It is {word}, not paused.")
