"""What may be done with an execution of somebody's state machine, and if not, why. Pure.

These are the rules that hold whoever acts; what only AWS knows (can it be redriven?) is said when
it is asked.
"""

from collections.abc import Mapping

from breakwater import contract
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission, is_allowed, roles_with
from breakwater.workflows.engines.step_functions.compensation.standing import AGAIN, WANTED
from breakwater.workflows.machine_notes import allows_actions
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_status import CANCELLING, ENDED, PAUSED, UNSUCCESSFUL

YES = Capability(possible=True)
_CANCELLED = frozenset({"CANCELLED"})


def no(reason: str) -> Capability:
    """It is not possible, for this reason."""
    return Capability(possible=False, reason=reason)


def execution_capabilities(workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
    """Of an execution of Step Functions."""
    barred = _barred(workflow, by)
    if barred:
        return {**dict.fromkeys(Action, barred), Action.EXPORT: YES}
    status = workflow.status
    over = no(f"It is {status}: it is over.")
    part = _part_of_a_map(workflow)
    ended = status in ENDED
    return {
        Action.PAUSE: over if ended else _pause(workflow),
        Action.RESUME: over if ended else _resume(workflow),
        Action.CANCEL: over if ended else _cancel(workflow),
        Action.RETRY: _compensate_again(workflow)
        or part
        or (
            YES
            if status in UNSUCCESSFUL | _CANCELLED
            else no(f"It is {status}; what FAILED, TIMED_OUT or was CANCELLED can be retried.")
        ),
        Action.CLONE: part or YES,
        Action.EXPORT: YES,
    }


def _compensate_again(workflow: Workflow) -> Capability | None:
    """While it is made good again, a retry means that; None: nothing is."""
    status = workflow.facts.get("compensation")
    if workflow.status != CANCELLING or status is None:
        return None
    if status == WANTED or status in AGAIN:
        return YES
    return no(f"Its compensation is {status}: when it has failed, it can be run again.")


def _pause(workflow: Workflow) -> Capability:
    if not workflow.tags.get(contract.GATE_TAG):
        return no(
            "Its state machine has no gate to pause at: whoever owns it builds one in, with the "
            "construct PauseGate."
        )
    if workflow.status == PAUSED:
        return no("It is PAUSED: it is held at its gate.")
    if workflow.status == CANCELLING:
        return no("It is CANCELLING: it is stopped.")
    asked = workflow.facts.get("pauseAskedBy")
    return no(f"{asked} asked for a pause already: it is held at its gate.") if asked else YES


def _resume(workflow: Workflow) -> Capability:
    if workflow.status == PAUSED or workflow.facts.get("pauseAskedBy"):
        return YES
    return no(f"It is {workflow.status}, not paused.")


def _cancel(workflow: Workflow) -> Capability:
    if workflow.facts.get("compensation") == WANTED:
        return YES  # whoever stopped it did not come so far: a second cancel goes on with the first
    if workflow.status == CANCELLING:
        return no("It is CANCELLING: it is stopped, and what it did is to be made good again.")
    return YES


def _part_of_a_map(workflow: Workflow) -> Capability | None:
    """A child execution of a distributed Map: it has no state machine that could be started."""
    if "/" not in (workflow.state_machine_arn or ""):
        return None
    return no("It is one iteration of a distributed Map: retry the execution that the Map is in.")


def _barred(workflow: Workflow, by: Identity) -> Capability | None:
    if not allows_actions(workflow.tags):
        machine = (workflow.state_machine_arn or "").rpartition(":")[2]
        return no(
            f"The state machine {machine} is not tagged {contract.ACTIONS_TAG}="
            f"{contract.ACTIONS_ALLOWED}: whoever owns it lets Breakwater act by that tag."
        )
    return lacking(by, Permission.RUN_DRILL)


def lacking(by: Identity, permission: Permission) -> Capability | None:
    """Not for this person; None if they may."""
    if is_allowed(by.roles, permission):
        return None
    return no(f"This needs the role {' or '.join(sorted(roles_with(permission)))}.")


def published_elsewhere(workflow: Workflow) -> Mapping[Action, Capability]:
    """Of a workflow that only tells us what happens in it."""
    source = workflow.id.name.partition(".")[0]
    where = no(f"It runs in {source}, which tells Breakwater what happens: act there.")
    return {**dict.fromkeys(Action, where), Action.EXPORT: YES}
