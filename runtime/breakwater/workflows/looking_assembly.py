"""The engines, for whoever looks at one workflow; put together when they are used.

A list needs none of them: what it tells of a workflow stands in the tables. So each is imported
and made when somebody looks at the first of its workflows.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from breakwater.index.pager import Pager
from breakwater.platform.late import when_used
from breakwater.timeline.reader import Reader
from breakwater.workflows.engine_port import WorkflowEngine
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.machine_notes import MachineNotes
from breakwater.workflows.profiles import Profiles
from breakwater.workflows.workflow_id import EngineName

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from breakwater.workflows.engines.step_functions.step_functions_engine import (
        StepFunctionsEngine,
    )


@dataclass(frozen=True, kw_only=True)
class Looking:
    """What the engines share with the list."""

    dynamodb: "DynamoDBClient"
    pager: Pager
    reader: Reader
    notes: MachineNotes
    profiles: Profiles
    undone: CompensationNotes


def looking_engines(shared: Looking) -> dict[EngineName, WorkflowEngine]:
    """By the name that stands in a workflow's id."""
    executions = when_used(lambda: _at_executions(shared))
    return {
        EngineName.RECOVERY: when_used(lambda: _at_runs(shared, executions)),
        EngineName.STEP_FUNCTIONS: executions,
        EngineName.CUSTOM: when_used(lambda: _at_custom(shared)),
    }


def _at_executions(shared: Looking) -> "StepFunctionsEngine":
    from breakwater.workflows.engines.step_functions.looking_at_executions import (  # noqa: PLC0415
        looking_at_executions,
    )

    return looking_at_executions(
        pager=shared.pager,
        reader=shared.reader,
        notes=shared.notes,
        profiles=shared.profiles,
        undone=shared.undone,
    )


def _at_runs(shared: Looking, executions: "StepFunctionsEngine") -> WorkflowEngine:
    from breakwater.workflows.engines.recovery.looking_at_runs import (  # noqa: PLC0415
        looking_at_runs,
    )

    return looking_at_runs(shared.dynamodb, executions)


def _at_custom(shared: Looking) -> WorkflowEngine:
    from breakwater.workflows.engines.custom.custom_of import custom_of  # noqa: PLC0415

    return custom_of(shared.dynamodb, shared.profiles)
