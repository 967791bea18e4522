"""People look at executions: the engine, put together."""

import boto3

from breakwater.index.pager import Pager
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.timeline.reader import Reader
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.engines.step_functions.compensation.undoings import Undoings
from breakwater.workflows.engines.step_functions.function_logs import FunctionLogs
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.engines.step_functions.step_functions_engine import StepFunctionsEngine
from breakwater.workflows.machine_notes import MachineNotes
from breakwater.workflows.profiles import Profiles


def looking_at_executions(
    *,
    pager: Pager,
    reader: Reader,
    notes: MachineNotes,
    profiles: Profiles,
    undone: CompensationNotes,
) -> StepFunctionsEngine:
    """The engine."""
    functions = when_used(lambda: boto3.client("lambda", config=PATIENCE))
    logs = when_used(lambda: boto3.client("logs", config=PATIENCE))
    return StepFunctionsEngine(
        pager=pager,
        executions=reader,
        timelines=GrowingTimelines(reader, clock.now),
        notes=notes,
        profiles=profiles,
        logs=FunctionLogs(functions, logs),
        undoings=Undoings(undone, reader),
        clock=clock.now,
    )
