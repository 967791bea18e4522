"""The action of WaitForResume: the run is PAUSED, and this is the token to resume it by."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.recovery.engine.assembly import Assembly

logger = Logger()  # never logs its event: there is the token in it
_pausing = Assembly().pausing


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """`{state, taskToken}`; what it returns goes nowhere."""
    _pausing.store_token(event)
