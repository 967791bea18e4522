"""The function behind /live/ticket."""

import time

import boto3

from breakwater import contract
from breakwater.live.ticket_desk import TicketDesk
from breakwater.live.ticket_store import TicketStore
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.routes import live

_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_tickets = TicketStore(_dynamodb, setting(contract.LIVE.variable))

handler = HttpApplication(
    live.routes(TicketDesk(_tickets, setting(contract.LIVE_URL_VARIABLE))),
    rate_limit=RateLimit(_dynamodb, setting(contract.REQUESTS.variable), Allowance()),
    clock=time.time,
)
