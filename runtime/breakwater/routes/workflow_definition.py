"""/workflows/{id}/definition: what a diagram is drawn from."""

from typing import Any, Protocol

from breakwater.platform.http.errors import Forbidden, NotFound, Unavailable
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route
from breakwater.routes.workflows import Id
from breakwater.workflows.engines.step_functions.definition_structure import definition_structure
from breakwater.workflows.workflow_id import EngineName, NotAnId, WorkflowId


class Used(Protocol):
    """See timeline.reader: UsedDefinition."""

    @property
    def text(self) -> str:
        """The definition itself."""

    @property
    def revision_id(self) -> str | None:
        """Which revision it is."""


class Definitions(Protocol):
    """See timeline.reader."""

    def definition(self, execution_arn: str) -> Used:
        """As this execution used it."""


class DefinitionStructure(Model):
    """States and the ways between them, without parameters, arguments and results."""

    revision_id: str | None
    structure: dict[str, Any]


def routes(definitions: Definitions) -> list[Route]:
    """The route, over these."""

    def get_workflow_definition(workflow_id: Id) -> DefinitionStructure:
        try:
            wanted = WorkflowId.parse(workflow_id)
        except NotAnId as nobodys:
            raise NotFound(str(nobodys)) from nobodys
        if wanted.engine is not EngineName.STEP_FUNCTIONS:
            raise NotFound(
                f"{wanted} is no execution of a state machine: only those have a definition. Of a "
                "recovery run, ask for its stateMachineExecutionArn in base64url."
            )
        used = definitions.definition(wanted.name)
        try:
            structure = definition_structure(used.text)
        except ValueError as odd:
            raise NotFound(f"The definition that {wanted} uses is not understood: {odd}.") from odd
        return DefinitionStructure(revision_id=used.revision_id, structure=structure)

    return [
        Route(
            method="GET",
            path="/workflows/<workflow_id>/definition",
            permission=Permission.READ,
            summary="States of a workflow and the ways between them, for diagrams",
            call=get_workflow_definition,
            errors=[Forbidden, NotFound, Unavailable],
        )
    ]
