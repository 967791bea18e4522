"""What is not possible is refused in the words in which it was told before. Pure."""

from collections.abc import Mapping

from breakwater.platform.http.errors import Conflict
from breakwater.workflows.workflow import Action, Capability, Workflow


def require_possible(workflow: Workflow, action: Action, able: Mapping[Action, Capability]) -> None:
    """Conflict, with the reason, if it is not."""
    one = able[action]
    if one.possible:
        return
    possible = [other.value for other, each in able.items() if each.possible]
    raise Conflict(
        one.reason or f"{action.value} is not possible now.",
        details={"action": action.value, "status": workflow.status, "possible": possible},
    )
