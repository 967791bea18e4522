"""What may be done with a workflow, as the engines say it: all that a list needs of them."""

from collections.abc import Callable, Mapping

from breakwater.platform.http.identity import Identity
from breakwater.workflows.engines.recovery.capabilities import run_capabilities
from breakwater.workflows.engines.step_functions.capabilities import (
    execution_capabilities,
    published_elsewhere,
)
from breakwater.workflows.workflow import Action, Capability, Workflow
from breakwater.workflows.workflow_id import EngineName

Able = Callable[[Workflow, Identity], Mapping[Action, Capability]]


class _Engine:
    """An engine, as far as a list asks it."""

    def __init__(self, able: Able) -> None:
        self._able = able

    def capabilities(self, workflow: Workflow, by: Identity) -> Mapping[Action, Capability]:
        """What this person may do with it now."""
        return self._able(workflow, by)


ENGINES = {
    EngineName.STEP_FUNCTIONS: _Engine(execution_capabilities),
    EngineName.RECOVERY: _Engine(run_capabilities),
    EngineName.CUSTOM: _Engine(lambda workflow, _by: published_elsewhere(workflow)),
}
