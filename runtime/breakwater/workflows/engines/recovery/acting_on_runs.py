"""People act on recovery runs: the engine, put together from what infrastructure told."""

from typing import TYPE_CHECKING

from breakwater.platform import clock
from breakwater.recovery.engine.desk_of import desk_of
from breakwater.recovery.engine.runs_assembly import RunsAssembly
from breakwater.workflows.engines.recovery.run_actions import RunActions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def acting_on_runs(dynamodb: "DynamoDBClient") -> RunActions:
    """The engine."""
    assembly = RunsAssembly(dynamodb=dynamodb)
    return RunActions(assembly.store, desk_of(assembly), clock.now)
