"""The index stack: every Step Functions execution, findable."""

import aws_cdk as cdk
from constructs import Construct

from breakwater import contract
from breakwater_constructs.bulk_queue import BulkQueue
from breakwater_constructs.custom_workflows import CustomWorkflows
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.execution_index import ExecutionIndex
from breakwater_constructs.execution_rollups import ExecutionRollups
from breakwater_constructs.rollups_table import RollupsTable
from stacks.breakwater_stack import BreakwaterStack
from stacks.data import DataStack
from stacks.environments import Environment


class IndexStack(BreakwaterStack):
    """The execution index whole (table, rule, queue, functions), the bus of custom workflows, the
    figures drawn from both, and the queue of what is done with many workflows at once.
    """

    part = "index"
    holds = "every Step Functions execution"

    def __init__(self, scope: Construct, environment: Environment, *, data: DataStack) -> None:
        super().__init__(scope, environment)
        self.execution_index = ExecutionIndex(
            self,
            "ExecutionIndex",
            alarms=False,  # the recovery stack watches it, where the alarm topic is
            require_tls=not environment.embedded,
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
            retain=environment.retain_data,
            deletion_protection=environment.deletion_protection,
        )
        self.custom_workflows = CustomWorkflows(
            self,
            "CustomWorkflows",
            index=self.execution_index,
            event_bus_name=contract.workflow_bus_name(environment.name),
            require_tls=not environment.embedded,
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
        )
        self.bulk_queue = BulkQueue(self, "BulkQueue", require_tls=not environment.embedded)
        self.rollups = RollupsTable(
            self,
            "Rollups",
            retain=environment.retain_data,
            deletion_protection=environment.deletion_protection,
        )
        self.execution_rollups = ExecutionRollups(
            self,
            "ExecutionRollups",
            index=self.execution_index,
            rollups=self.rollups,
            requests=data.requests,
            history=data.execution_history,
            keep=cdk.Duration.days(environment.figure_days),
            require_tls=not environment.embedded,
            log_retention=environment.log_retention,
            retain_logs=environment.retain_data,
            powertools_layer_parameter=environment.powertools_layer_parameter,
        )

    @property
    def tables(self) -> list[DurableTable]:
        """All tables of this stack."""
        return [self.execution_index.table, self.rollups]
