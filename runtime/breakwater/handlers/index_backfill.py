"""Writes a slice of the past into the index; asked for by `python -m breakwater.index backfill`."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.backfill_job import BackfillJob
from breakwater.platform import clock
from breakwater.platform.settings import setting

logger = Logger()
_session = boto3.Session()
_job = BackfillJob(
    dynamodb=_session.client("dynamodb"),
    states=_session.client("stepfunctions"),
    table=setting(contract.EXECUTION_INDEX.variable),
    settings=IndexSettings.from_json(setting(contract.INDEX_SETTINGS_VARIABLE)),
    clock=clock.now,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Go on for a while; the answer is how far it is."""
    progress = _job.run(event)
    logger.info("Backfilled", extra={"progress": progress})
    return progress
