"""The index stack: every Step Functions execution, findable."""

from typing import Any

import aws_cdk as cdk
from breakwater_constructs.durable_table import DurableTable
from breakwater_constructs.execution_index_table import ExecutionIndexTable
from breakwater_constructs.rollups_table import RollupsTable
from constructs import Construct

from stacks.environments import Environment


class IndexStack(cdk.Stack):
    """The tables of the execution index: its rows, and the figures drawn from them."""

    def __init__(
        self, scope: Construct, id: str, *, environment: Environment, **kwargs: Any
    ) -> None:
        super().__init__(scope, id, **kwargs)
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
