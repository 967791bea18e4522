"""The function behind /workflows/{workflowId}/pause, resume, cancel, retry and clone."""

import time

import boto3

from breakwater import contract
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.routes import workflow_actions
from breakwater.workflows.acting_assembly import action_desk

_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_requests = setting(contract.REQUESTS.variable)

handler = HttpApplication(
    workflow_actions.routes(action_desk(_dynamodb)),
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests, _dynamodb),
    clock=time.time,
)
