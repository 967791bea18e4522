"""The function behind /me, /protection-groups, /recovery-plans and /source-servers."""

import time

import boto3

from breakwater import contract
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.idempotency import Idempotency
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.settings import setting
from breakwater.routes import me

_dynamodb = boto3.client("dynamodb")
_requests = setting(contract.REQUESTS.variable)

handler = HttpApplication(
    me.ROUTES,
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    idempotency=Idempotency(_requests),
    clock=time.time,
)
