"""The function behind /bulk."""

import time

import boto3

from breakwater import contract
from breakwater.index.arns import machine_of
from breakwater.index.pager import Pager
from breakwater.index.row_table import RowTable
from breakwater.platform import clock
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.routes import bulk
from breakwater.workflows.bulk.bulk_desk import BulkDesk
from breakwater.workflows.bulk.bulk_queue import BulkQueue
from breakwater.workflows.bulk.bulk_store import BulkStore
from breakwater.workflows.bulk.bulk_trail import BulkTrail
from breakwater.workflows.engines.recovery.run_reader import RunReader
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.listing.capabilities import ENGINES
from breakwater.workflows.listing.resolving import Resolving
from breakwater.workflows.listing.workflow_list import WorkflowList
from breakwater.workflows.machine_notes import MachineNotes
from breakwater.workflows.profiles import KeptProfiles
from breakwater.workflows.rollups.profiles import Profiles
from breakwater.workflows.rollups.rollup_table import RollupTable

_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_index = setting(contract.EXECUTION_INDEX.variable)
_requests = setting(contract.REQUESTS.variable)
_runs = RunReader(_dynamodb, setting(contract.EXECUTION_HISTORY.variable))
_list = WorkflowList(
    pager=Pager(_dynamodb, _index),
    runs=_runs,
    resolving=Resolving(
        runs=_runs,
        rows=RowTable(_dynamodb, _index),
        notes=MachineNotes(_dynamodb, _index),
        profiles=KeptProfiles(
            Profiles(RollupTable(_dynamodb, setting(contract.ROLLUPS.variable)), clock.now)
        ),
        undone=CompensationNotes(_dynamodb, _index, clock.now),
        recovery_machine=machine_of(setting(contract.STATE_MACHINE_VARIABLE)),
    ),
    engines=ENGINES,
    clock=clock.now,
)

handler = HttpApplication(
    bulk.routes(
        BulkDesk(
            list=_list,
            store=BulkStore(_dynamodb, setting(contract.BULKS.variable)),
            waker=BulkQueue(
                when_used(lambda: boto3.client("sqs", config=PATIENCE)),
                setting(contract.BULK_QUEUE_VARIABLE),
            ),
            trail=BulkTrail(_dynamodb, setting(contract.AUDIT_TRAIL.variable)),
            clock=clock.now,
        ),
        clock.now,
    ),
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests, _dynamodb),
    clock=time.time,
)
