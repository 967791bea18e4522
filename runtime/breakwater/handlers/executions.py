"""The function behind /executions."""

import time

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.audit_trail import AuditTrail
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.settings import setting
from breakwater.recovery.engine.assembly import Assembly
from breakwater.recovery.engine.run_desk import Desk, RunDesk
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.recovery_tables import RecoveryTables
from breakwater.recovery.server_leases import ServerLeases
from breakwater.routes import executions

_assembly = Assembly()
_dynamodb = _assembly.dynamodb
_requests = setting(contract.REQUESTS.variable)
_tables = RecoveryTables.from_settings()

_desk = RunDesk(
    Desk(
        store=_assembly.store,
        plans=PlanStore(_dynamodb, _tables),
        groups=GroupStore(_dynamodb, _tables),
        directory=_assembly.directory,
        leases=ServerLeases(_dynamodb, setting(contract.SERVER_LEASES.variable)),
        executions=_assembly.executions,
        state_machine=setting(contract.STATE_MACHINE_VARIABLE),
        audit_table=_tables.audit,
        time_scale=int(setting(contract.TIME_SCALE_VARIABLE)),
        clock=clock.now,
    )
)

handler = HttpApplication(
    executions.routes(
        executions.Runs(
            desk=_desk,
            store=_assembly.store,
            list=_assembly.runs,
            compensator=_assembly.compensator,
            trail=AuditTrail(_dynamodb, _tables.audit),
            clock=clock.now,
        )
    ),
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests, _dynamodb),
    clock=time.time,
)
