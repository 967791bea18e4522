"""Reads histories for which there was no budget when their executions ended; comes by itself."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.workflows.rollups.counting import Counting
from breakwater.workflows.rollups.sweep import Sweep

SPARE_MILLISECONDS = 60_000  # a page of long histories takes its time

logger = Logger()
_session = boto3.Session()
_counting = Counting.from_settings(_session, _session.client("dynamodb"))
_sweep = Sweep(_counting.store, _counting.contributor, _counting.histories)


@logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Go through the list; what fails stays on it, and fails this call, so that it is noticed."""
    done = _sweep.run(may_go_on=lambda: context.get_remaining_time_in_millis() > SPARE_MILLISECONDS)
    for key, error in done.failed:
        logger.error("A history was not counted", extra={"execution": key}, exc_info=error)
    if done.failed:
        raise RuntimeError(f"{len(done.failed)} histories could not be counted: see above")
    return {"changed": done.changed, "unchanged": done.unchanged}
