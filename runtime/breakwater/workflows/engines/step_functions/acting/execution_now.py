"""An execution as Step Functions tells it at this moment, with the tags of its machine. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from breakwater import contract
from breakwater.workflows.engines.step_functions.execution_workflow import (
    execution_workflow,
    row_of_description,
)
from breakwater.workflows.workflow import Workflow

REDRIVABLE = "REDRIVABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionNow:
    """What is decided by."""

    described: Mapping[str, Any]
    """What DescribeExecution says."""

    tags: Mapping[str, str]
    compensated: bool = False
    """What it did was made good again."""

    @property
    def arn(self) -> str:
        """Its ARN."""
        return str(self.described["executionArn"])

    @property
    def machine(self) -> str:
        """Its state machine's ARN, without version or alias."""
        return str(self.described["stateMachineArn"])

    @property
    def started_by(self) -> str:
        """The ARN that starts another like it: of its alias or version, if it had one."""
        told = self.described
        by = told.get("stateMachineAliasArn") or told.get("stateMachineVersionArn")
        return str(by or self.machine)

    @property
    def status(self) -> str:
        """In AWS's own word."""
        return str(self.described["status"])

    @property
    def gate(self) -> str | None:
        """The function of the gate that its machine has; None: it has none."""
        return self.tags.get(contract.GATE_TAG) or None

    @property
    def compensation(self) -> str | None:
        """The ARN of the machine that makes good again what this one did; None: none is told."""
        told = self.tags.get(contract.COMPENSATION_TAG, "").strip()
        if not told or told.startswith("arn:"):
            return told or None
        return f"{self.machine.rpartition(':')[0]}:{told}"

    @property
    def redrives(self) -> int:
        """How often it was redriven."""
        return int(self.described.get("redriveCount") or 0)

    @property
    def is_redrivable(self) -> bool:
        """Does AWS allow a redrive?"""
        return not self.compensated and self.described.get("redriveStatus") == REDRIVABLE

    @property
    def not_redrivable_because(self) -> str:
        """AWS's own reason, or ours."""
        if self.compensated:
            return "what it did was made good again, so there is nothing to go on from"
        told = self.described
        return str(
            told.get("redriveStatusReason") or told.get("redriveStatus") or "AWS gives no reason"
        )

    def workflow(self, now: datetime, **more: Any) -> Workflow:
        """The same as a line of the list; nothing is known of earlier executions."""
        row = row_of_description(self.described)
        told = execution_workflow(row, tags=self.tags, profile=None, now=now)
        return replace(told, **more)
