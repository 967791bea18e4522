"""Reads the histories of watched executions, until nobody watches any more."""

import time
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.live.assembly import LiveAssembly
from breakwater.live.tail_budget import TailBudget
from breakwater.live.tail_worker import TailWorker
from breakwater.live.tailer import Tailer
from breakwater.platform.settings import setting
from breakwater.timeline.reader import PATIENCE as HISTORY_PATIENCE
from breakwater.timeline.reader import Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget

SPARE_SECONDS = 45
"""For looks that take long, and to hand over."""

LONG_HISTORY_SECONDS = 30.0
"""Four histories of 25 calls each, at eight calls a second, and some more."""

logger = Logger()
_live = LiveAssembly()
_tails = _live.tails
_subscriptions = _live.subscriptions
_bus = _live.bus
_publisher = _live.publisher
_reader = Reader(
    boto3.client("stepfunctions", config=HISTORY_PATIENCE),
    TailBudget(SharedCallBudget(_live.dynamodb, setting(contract.REQUESTS.variable))),
    patience_seconds=LONG_HISTORY_SECONDS,
)
_lambda = _live.lambda_


def _tailer(execution_arn: str) -> Tailer:
    return Tailer(execution_arn, histories=_reader, log=_live.log, publisher=_publisher, bus=_bus)


@logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, bool]:
    """Work for as long as this function lives; then let the next copy go on."""
    until = time.time() + context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
    goes_on = TailWorker(_tails, _subscriptions, _tailer).run(context.aws_request_id, until)
    if goes_on:
        _lambda.invoke(FunctionName=context.function_name, InvocationType="Event")
    return {"handedOver": goes_on}
