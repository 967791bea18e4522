"""The index stack: every Step Functions execution, findable."""

from constructs import Construct

from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.execution_index_table import ExecutionIndexTable
from breakwater_constructs.rollups_table import RollupsTable
from stacks.breakwater_stack import BreakwaterStack
from stacks.environments import Environment


class IndexStack(BreakwaterStack):
    """The tables of the execution index: its rows, and the figures drawn from them."""

    part = "index"
    holds = "every Step Functions execution"

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, environment)
        options = {
            "retain": environment.retain_data,
            "deletion_protection": environment.deletion_protection,
        }
        self.execution_index = ExecutionIndexTable(self, "ExecutionIndex", **options)
        self.rollups = RollupsTable(self, "Rollups", **options)

    @property
    def tables(self) -> list[DurableTable]:
        """All tables of this stack."""
        return [self.execution_index, self.rollups]
