"""The function behind /workflows and /index/health."""

import time

import boto3

from breakwater import contract
from breakwater.index.arns import machine_of
from breakwater.index.health_record import HealthRecord
from breakwater.index.pager import Pager
from breakwater.index.row_table import RowTable
from breakwater.platform import clock
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.routes import workflow_definition, workflows
from breakwater.timeline.reader import PATIENCE as OF_HISTORIES
from breakwater.timeline.reader import Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget
from breakwater.workflows.engines.recovery.run_reader import RunReader
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.engines.step_functions.compensation.unfinished import (
    UnfinishedCompensations,
)
from breakwater.workflows.listing.capabilities import ENGINES as LISTED
from breakwater.workflows.listing.counts import Counts, OpenRows
from breakwater.workflows.listing.resolving import Resolving
from breakwater.workflows.listing.workflow_list import WorkflowList
from breakwater.workflows.looking_assembly import Looking, looking_engines
from breakwater.workflows.machine_notes import MachineNotes
from breakwater.workflows.profiles import KeptProfiles
from breakwater.workflows.rollups.profiles import Profiles
from breakwater.workflows.rollups.rollup_table import RollupTable

A_PERSON_WAITS = 4.0
"""Seconds for one call's turn: then what is known is told, and when it will be tried again."""

_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_index = setting(contract.EXECUTION_INDEX.variable)
_history = setting(contract.EXECUTION_HISTORY.variable)
_requests = setting(contract.REQUESTS.variable)
_recovery_machine = machine_of(setting(contract.STATE_MACHINE_VARIABLE))
_pager = Pager(_dynamodb, _index)
_runs = RunReader(_dynamodb, _history)
_notes = MachineNotes(_dynamodb, _index)
_figures = RollupTable(_dynamodb, setting(contract.ROLLUPS.variable))
_profiles = KeptProfiles(Profiles(_figures, clock.now))
_reader = Reader(
    when_used(lambda: boto3.client("stepfunctions", config=OF_HISTORIES)),
    SharedCallBudget(_dynamodb, _requests),
    patience_seconds=A_PERSON_WAITS,
)
_undone = CompensationNotes(_dynamodb, _index, clock.now)
_engines = looking_engines(
    Looking(
        dynamodb=_dynamodb,
        pager=_pager,
        reader=_reader,
        notes=_notes,
        profiles=_profiles,
        undone=_undone,
    )
)

_routes = [
    *workflows.routes(
        workflows.Workflows(
            list=WorkflowList(
                pager=_pager,
                runs=_runs,
                resolving=Resolving(
                    runs=_runs,
                    rows=RowTable(_dynamodb, _index),
                    notes=_notes,
                    profiles=_profiles,
                    undone=_undone,
                    recovery_machine=_recovery_machine,
                ),
                engines=LISTED,
                clock=clock.now,
            ),
            counts=Counts(
                rows=OpenRows(_dynamodb, _index),
                compensations=UnfinishedCompensations(_dynamodb, _index),
                notes=_notes,
                runs=_runs,
                profiles=_profiles,
                figures=_figures,
                recovery_machine=_recovery_machine,
                clock=clock.now,
            ),
            engines=_engines,
            health=HealthRecord(_dynamodb, _index),
            clock=clock.now,
        )
    ),
    *workflow_definition.routes(_reader),
]

handler = HttpApplication(
    _routes,
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests, _dynamodb),
    clock=time.time,
)
