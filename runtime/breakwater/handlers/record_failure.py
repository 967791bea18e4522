"""The action of RecordPlanFailure: an error that retries did not mend is written into the run."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.recovery.engine.assembly import Assembly

logger = Logger()
_failing = Assembly().failing


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The state object with `error` → the state object, FAILED."""
    return _failing.record(event)
