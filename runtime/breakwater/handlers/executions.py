"""The function behind /executions."""

import time

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.audit_trail import AuditTrail
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.settings import setting
from breakwater.recovery.engine.desk_of import desk_of
from breakwater.recovery.engine.runs_assembly import RunsAssembly
from breakwater.routes import executions

_assembly = RunsAssembly()
_dynamodb = _assembly.dynamodb
_requests = setting(contract.REQUESTS.variable)

handler = HttpApplication(
    executions.routes(
        executions.Runs(
            desk=desk_of(_assembly),
            store=_assembly.store,
            list=_assembly.runs,
            compensator=_assembly.compensator,
            trail=AuditTrail(_dynamodb, setting(contract.AUDIT_TRAIL.variable)),
            clock=clock.now,
        )
    ),
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests, _dynamodb),
    clock=time.time,
)
