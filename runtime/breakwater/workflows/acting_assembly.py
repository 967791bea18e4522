"""The desk for actions on workflows, put together from what infrastructure told this function."""

from collections.abc import Collection, Mapping
from typing import Any

import boto3

from breakwater import contract
from breakwater.index.arns import machine_of
from breakwater.index.pager import Pager
from breakwater.platform import clock
from breakwater.platform.late_client import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.recovery.engine.desk_of import desk_of
from breakwater.recovery.engine.runs_assembly import RunsAssembly
from breakwater.timeline.reader import PATIENCE as OF_HISTORIES
from breakwater.timeline.reader import Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget
from breakwater.workflows.acting import ActionDesk
from breakwater.workflows.action_trail import ActionTrail
from breakwater.workflows.engine_port import ActingEngine
from breakwater.workflows.engines.custom.custom_engine import CustomEngine
from breakwater.workflows.engines.recovery.run_actions import RunActions
from breakwater.workflows.engines.step_functions.acting.at_gates import AtGates
from breakwater.workflows.engines.step_functions.acting.compensations import Compensations
from breakwater.workflows.engines.step_functions.acting.execution_actions import ExecutionActions
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.retries import Retries
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.engines.step_functions.compensation.reminder import Reminders
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.gates.gate_calls import GateCalls
from breakwater.workflows.looking_only import LookingOnly
from breakwater.workflows.workflow_id import EngineName

A_PERSON_WAITS = 6.0
"""Seconds for one call's turn."""


class _NoProfiles:
    """Nothing is compared with earlier executions here."""

    def of(self, state_machine_arns: Collection[str], /) -> Mapping[str, Any]:  # noqa: ARG002
        return {}


def action_desk(assembly: RunsAssembly) -> ActionDesk:
    """For every function that acts: one by one, or many at once."""
    dynamodb = assembly.dynamodb
    index = setting(contract.EXECUTION_INDEX.variable)
    reader = Reader(
        when_used(lambda: boto3.client("stepfunctions", config=OF_HISTORIES)),
        SharedCallBudget(dynamodb, setting(contract.REQUESTS.variable)),
        patience_seconds=A_PERSON_WAITS,
    )
    timelines = GrowingTimelines(reader, clock.now)
    control = ExecutionControl(when_used(lambda: boto3.client("stepfunctions", config=PATIENCE)))
    custom = CustomEngine(dynamodb, index, profiles=_NoProfiles(), clock=clock.now)
    queue = when_used(lambda: boto3.client("sqs", config=PATIENCE))
    executions = ExecutionActions(
        rows=Pager(dynamodb, index),
        executions=reader,
        control=control,
        retries=Retries(
            executions=reader,
            timelines=timelines,
            control=control,
        ),
        gates=AtGates(GateCalls(when_used(lambda: boto3.client("lambda", config=PATIENCE)))),
        compensations=Compensations(
            notes=CompensationNotes(dynamodb, index, clock.now),
            executions=reader,
            timelines=timelines,
            control=control,
            reminders=Reminders(queue, setting(contract.BULK_QUEUE_VARIABLE)),
        ),
        trail=ActionTrail(dynamodb, setting(contract.AUDIT_TRAIL.variable), clock.now),
        recovery_machine=machine_of(setting(contract.STATE_MACHINE_VARIABLE)),
        clock=clock.now,
    )
    engines: dict[EngineName, ActingEngine] = {
        EngineName.RECOVERY: RunActions(assembly.store, desk_of(assembly), clock.now),
        EngineName.STEP_FUNCTIONS: executions,
        EngineName.CUSTOM: LookingOnly(custom),
    }
    return ActionDesk(engines, clock.now, executions)
