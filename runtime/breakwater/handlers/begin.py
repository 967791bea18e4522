"""The action of InitiateWavePlan: take a run up, start what may start."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.recovery.engine.assembly import Assembly

logger = Logger()
_beginning = Assembly().beginning


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The input of an execution → the state object."""
    return _beginning.begin(event)
