"""The action of UpdateWaveStatus: look at DRS, settle servers and waves, start what may start."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.recovery.engine.assembly import Assembly
from breakwater.recovery.engine.state_object import Address

logger = Logger()
_engine = Assembly().engine


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The state object → the state object."""
    return _engine.look(Address.of(event), observe=True)
