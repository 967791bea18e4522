"""The action of ResumeWavePlan: carry out what a person decided, start what may start."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.recovery.engine.assembly import Assembly

logger = Logger()
_pausing = Assembly().pausing


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The state object → the state object."""
    return _pausing.resume(event)
