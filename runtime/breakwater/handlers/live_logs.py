"""Takes what a state machine logs, as CloudWatch Logs pushes it."""

import json
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.index.dead_letters import DeadLetterQueue
from breakwater.live.change_bus import ChangeBus
from breakwater.live.log_records import NotAPush, pushed_events
from breakwater.live.logged_events import LoggedEvents
from breakwater.live.logged_steps import LoggedSteps
from breakwater.live.publisher import Publisher
from breakwater.live.sender import IMPATIENCE, Sender
from breakwater.live.subscriptions import Subscriptions
from breakwater.live.tails import Tails
from breakwater.live.topic_log import TopicLog
from breakwater.platform import clock
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.timeline.reader import PATIENCE as HISTORY_PATIENCE
from breakwater.timeline.reader import Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget

logger = Logger()
_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_table = setting(contract.LIVE.variable)
_log = TopicLog(_dynamodb, _table)
_steps = LoggedSteps(
    log=_log,
    events=LoggedEvents(_dynamodb, _table),
    histories=Reader(
        boto3.client("stepfunctions", config=HISTORY_PATIENCE),
        SharedCallBudget(_dynamodb, setting(contract.REQUESTS.variable)),
    ),
    tails=Tails(_dynamodb, _table, clock=clock.now),
    publisher=Publisher(
        _log,
        Subscriptions(_dynamodb, _table),
        Sender(
            boto3.client(
                "apigatewaymanagementapi",
                endpoint_url=setting(contract.LIVE_CALLBACK_VARIABLE),
                config=IMPATIENCE,
            )
        ),
    ),
    bus=ChangeBus(boto3.client("events", config=PATIENCE), setting(contract.LIVE_BUS_VARIABLE)),
)
_dead_letters = DeadLetterQueue(
    boto3.client("sqs", config=PATIENCE),
    setting(contract.LIVE_DEAD_LETTERS_VARIABLE),
    clock.now,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One push; how many deltas it meant. A push that is none is laid aside."""
    try:
        by_execution = pushed_events(event)
    except NotAPush as malformed:
        _dead_letters.lay_aside(json.dumps(event, default=str), str(malformed))
        logger.exception("A push was laid aside")
        return {"deltas": 0}
    return {"deltas": sum(_steps.take(arn, events) for arn, events in by_execution.items())}
