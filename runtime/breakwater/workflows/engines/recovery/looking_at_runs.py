"""People look at recovery runs: the engine, put together from what infrastructure told."""

from typing import TYPE_CHECKING

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.settings import setting
from breakwater.recovery.engine.run_list import RunList
from breakwater.recovery.engine.run_store import RunStore
from breakwater.workflows.engines.recovery.recovery_engine import Executions, RecoveryEngine

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def looking_at_runs(dynamodb: "DynamoDBClient", executions: Executions) -> RecoveryEngine:
    """The engine.

    :param executions: knows what Step Functions did for a run.
    """
    table = setting(contract.EXECUTION_HISTORY.variable)
    items, runs = RunStore(dynamodb, table), RunList(dynamodb, table)
    return RecoveryEngine(items, runs, clock.now, executions)
