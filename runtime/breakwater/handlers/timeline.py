"""The function behind /executions/{executionId}/step-functions.

It reads executions of one state machine, whose ARN infrastructure tells it; without it, it does
not start.
"""

import time

import boto3

from breakwater import contract
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.settings import setting
from breakwater.routes import step_functions
from breakwater.timeline.execution_arn import execution_of_machine
from breakwater.timeline.known_runs import KnownRuns
from breakwater.timeline.reader import PATIENCE, Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget
from breakwater.timeline.warm_timelines import WarmTimelines

_state_machine_arn = setting(contract.STATE_MACHINE_VARIABLE)
# Fails now, with what is wrong, rather than at every request.
execution_of_machine(_state_machine_arn, "any")
_dynamodb = boto3.client("dynamodb")
_requests = setting(contract.REQUESTS.variable)
_reader = Reader(
    boto3.client("stepfunctions", config=PATIENCE),
    SharedCallBudget(_dynamodb, _requests),
    patience_seconds=7.0,  # three questions, and the gateway waits for 30 seconds
)

handler = HttpApplication(
    step_functions.routes(
        _reader,
        WarmTimelines(_reader),
        KnownRuns(_dynamodb, setting(contract.EXECUTION_HISTORY.variable)),
        _state_machine_arn,
    ),
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    clock=time.time,
)
