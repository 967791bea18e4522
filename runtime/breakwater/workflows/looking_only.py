"""An engine through which nobody acts: every action is refused with the reason that it gives."""

from collections.abc import Mapping
from typing import Any, Protocol

from breakwater.platform.http.errors import Conflict
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.permissions import Permission
from breakwater.workflows.engine_port import Acted, ActionAsked
from breakwater.workflows.refusing import require_possible
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName, WorkflowId


class Told(Protocol):
    """What runs elsewhere and is only told of."""

    name: EngineName

    def current(self, wanted: WorkflowId) -> Workflow:
        """As it is, as far as is known; NotFound if it is not."""

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What may be done, and why the rest may not."""


class LookingOnly:
    """Tells why not."""

    def __init__(self, engine: Told) -> None:
        self._engine = engine
        self.name = engine.name

    def current(self, wanted: WorkflowId) -> Workflow:
        """As the engine tells it."""
        return self._engine.current(wanted)

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """Nothing but export."""
        return self._engine.capabilities(workflow, by)

    def act(self, wanted: WorkflowId, asked: ActionAsked) -> Acted:
        """Conflict with the reason."""
        asked.by.require(Permission.RUN_DRILL)
        workflow = self.current(wanted)
        require_possible(workflow, asked.action, self.capabilities(workflow, asked.by))
        raise Conflict(f"{asked.action.value} is nothing that is done here.")

    def preview(self, wanted: WorkflowId, action: Action, by: Identity) -> Mapping[str, Any]:
        """Nothing is possible, so nothing would happen."""
        workflow = self.current(wanted)
        require_possible(workflow, action, self.capabilities(workflow, by))
        raise Conflict(f"{action.value} is nothing that is done here.")
