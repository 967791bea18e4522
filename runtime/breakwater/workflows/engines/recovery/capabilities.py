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
    status = workflow.status
    clone = no(f"Start its plan again: POST /executions. This run is {workflow.id}.")
    if barred:
        return {**dict.fromkeys(Action, barred), Action.CLONE: clone, Action.EXPORT: YES}
    return {
        Action.PAUSE: YES if status == RUNNING else no(f"It is {status}; only RUNNING pauses."),
        Action.RESUME: _resume(status),
        Action.CANCEL: (
            YES if status in _UNDER_WAY else no(f"It is {status}: there is nothing to cancel.")
        ),
        Action.RETRY: (
            YES
            if status in _RETRIED
            else no(f"It is {status}; what FAILED, TIMED_OUT or was CANCELLED can be retried.")
        ),
        Action.CLONE: clone,
        Action.EXPORT: YES,
    }


def _resume(status: str) -> Capability:
    if status == PAUSED:
        return YES
    if status == RUNNING:
        return no("It runs. If a wave is held, or a pause is under way, the run's page offers it.")
    return no(f"It is {status}, not paused.")
