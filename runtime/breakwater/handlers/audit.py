"""The function behind /audit."""

import time

import boto3

from breakwater import contract
from breakwater.platform.audit_trail import AuditTrail
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.routes import audit

_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_requests = setting(contract.REQUESTS.variable)

handler = HttpApplication(
    audit.routes(AuditTrail(_dynamodb, setting(contract.AUDIT_TRAIL.variable))),
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    clock=time.time,
)
