"""The function behind /workflows/{workflowId}/pause, resume, cancel, retry and clone."""

import time

from breakwater import contract
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.settings import setting
from breakwater.recovery.engine.runs_assembly import RunsAssembly
from breakwater.routes import workflow_actions
from breakwater.workflows.acting_assembly import action_desk

_assembly = RunsAssembly()
_requests = setting(contract.REQUESTS.variable)

handler = HttpApplication(
    workflow_actions.routes(action_desk(_assembly)),
    rate_limit=RateLimit(_assembly.dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests, _assembly.dynamodb),
    clock=time.time,
)
