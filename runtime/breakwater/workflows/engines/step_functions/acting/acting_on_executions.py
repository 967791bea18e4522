"""People act on executions: the engine, put together from what infrastructure told."""

from typing import TYPE_CHECKING

import boto3

from breakwater import contract
from breakwater.index.arns import machine_of
from breakwater.index.pager import Pager
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.timeline.reader import PATIENCE as OF_HISTORIES
from breakwater.timeline.reader import Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget
from breakwater.workflows.action_trail import ActionTrail
from breakwater.workflows.engines.step_functions.acting.at_gates import AtGates
from breakwater.workflows.engines.step_functions.acting.compensations import Compensations
from breakwater.workflows.engines.step_functions.acting.execution_actions import ExecutionActions
from breakwater.workflows.engines.step_functions.acting.execution_control import ExecutionControl
from breakwater.workflows.engines.step_functions.acting.retries import Retries
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.engines.step_functions.compensation.reminder import Reminders
from breakwater.workflows.engines.step_functions.growing_timelines import GrowingTimelines
from breakwater.workflows.gates.gate_calls import GateCalls

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

A_PERSON_WAITS = 6.0
"""Seconds for one call's turn."""


def acting_on_executions(dynamodb: "DynamoDBClient") -> ExecutionActions:
    """The engine."""
    index = setting(contract.EXECUTION_INDEX.variable)
    reader = Reader(
        boto3.client("stepfunctions", config=OF_HISTORIES),
        SharedCallBudget(dynamodb, setting(contract.REQUESTS.variable)),
        patience_seconds=A_PERSON_WAITS,
    )
    timelines = GrowingTimelines(reader, clock.now)
    control = ExecutionControl(boto3.client("stepfunctions", config=PATIENCE))
    queue = when_used(lambda: boto3.client("sqs", config=PATIENCE))
    gates = when_used(lambda: boto3.client("lambda", config=PATIENCE))
    return ExecutionActions(
        rows=Pager(dynamodb, index),
        executions=reader,
        control=control,
        retries=Retries(executions=reader, timelines=timelines, control=control),
        gates=AtGates(GateCalls(gates)),
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
