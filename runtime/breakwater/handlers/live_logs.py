"""Takes what a state machine logs, as CloudWatch Logs pushes it."""

import json
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.live.assembly import LiveAssembly
from breakwater.live.log_records import NotAPush, pushed_events
from breakwater.live.logged_events import LoggedEvents
from breakwater.live.logged_steps import LoggedSteps
from breakwater.platform.late import when_used
from breakwater.platform.settings import setting
from breakwater.timeline.reader import PATIENCE as HISTORY_PATIENCE
from breakwater.timeline.reader import Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget

logger = Logger()
_live = LiveAssembly()
_steps = LoggedSteps(
    log=_live.log,
    events=LoggedEvents(_live.dynamodb, _live.table),
    histories=Reader(
        when_used(lambda: boto3.client("stepfunctions", config=HISTORY_PATIENCE)),
        SharedCallBudget(_live.dynamodb, setting(contract.REQUESTS.variable)),
    ),
    tails=_live.tails,
    publisher=_live.publisher,
    bus=_live.bus,
)
_dead_letters = _live.dead_letters


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One push; how many deltas it meant. What is no push, or no record, is laid aside."""
    try:
        pushed = pushed_events(event)
    except NotAPush as malformed:
        _dead_letters.lay_aside(json.dumps(event, default=str), str(malformed))
        logger.exception("A push was laid aside")
        return {"deltas": 0, "laidAside": 1}
    deltas = _steps.take_all(pushed.events)
    for line, reason in pushed.odd:
        _dead_letters.lay_aside(json.dumps(line), reason)
        logger.error("A record was laid aside", extra={"reason": reason})
    return {"deltas": deltas, "laidAside": len(pushed.odd)}
