"""Takes events of custom workflows from the queue and keeps what they say."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.dead_letters import DeadLetterQueue
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.settings import setting
from breakwater.workflows.engines.custom.custom_capture import CustomCapture
from breakwater.workflows.engines.custom.custom_store import CustomStore

logger = Logger()
_session = boto3.Session()
_settings = IndexSettings.from_json(setting(contract.INDEX_SETTINGS_VARIABLE))
_capture = CustomCapture(
    CustomStore(
        _session.client("dynamodb"),
        setting(contract.EXECUTION_INDEX.variable),
        keep_days=_settings.keepDays,
        clock=clock.now,
    ),
    DeadLetterQueue(
        when_used(lambda: _session.client("sqs")),
        setting(contract.INDEX_DEAD_LETTERS_VARIABLE),
        clock.now,
    ),
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Keep a batch; answer which of its records the queue shall bring again."""
    captured = _capture.batch(event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": name} for name in captured.again]}
