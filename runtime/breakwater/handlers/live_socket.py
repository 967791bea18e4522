"""Takes what happens on sockets: a client connects, says something, is gone."""

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.live.assembly import LiveAssembly
from breakwater.live.open_executions import OpenExecutions
from breakwater.live.socket_desk import SocketDesk
from breakwater.live.ticket import Ticket
from breakwater.platform.settings import setting

logger = Logger()
_live = LiveAssembly()
_desk = SocketDesk(
    subscriptions=_live.subscriptions,
    log=_live.log,
    sender=_live.sender,
    watching=_live.tail_start,
    executions=OpenExecutions(_live.dynamodb, setting(contract.EXECUTION_INDEX.variable)),
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """One event of one connection. What is told goes over the socket, not into the answer."""
    about = event["requestContext"]
    connection_id = about["connectionId"]
    match about["eventType"]:
        case "CONNECT":
            holder = Ticket.from_values(about["authorizer"], expires_at=time.time())
            _desk.connected(connection_id, holder)
        case "DISCONNECT":
            _desk.disconnected(connection_id)
        case _:
            _desk.said(connection_id, event.get("body") or "")
    return {"statusCode": 200}
