"""Who may connect to the WebSocket API: whoever shows a good ticket, which is used by that."""

import time
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.live.ticket_store import TicketStore
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting

logger = Logger()
_tickets = TicketStore(boto3.client("dynamodb", config=PATIENCE), setting(contract.LIVE.variable))


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """An answer that API Gateway understands: let in, with who it is, or not."""
    shown = (event.get("queryStringParameters") or {}).get("ticket") or ""
    ticket = _tickets.take(shown, time.time())
    if ticket is None:
        logger.info("A ticket was refused")
    return {
        "principalId": ticket.subject if ticket else "nobody",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow" if ticket else "Deny",
                    "Resource": event["methodArn"],
                }
            ],
        },
        # Text only: API Gateway hands nothing else on.
        "context": {name: str(value) for name, value in ticket.to_values().items()}
        if ticket
        else {},
    }
