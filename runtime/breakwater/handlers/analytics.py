"""The function behind /analytics."""

import time

import boto3

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.http.application import HttpApplication
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.settings import setting
from breakwater.routes import analytics
from breakwater.workflows.rollups.analytics_desk import AnalyticsDesk
from breakwater.workflows.rollups.prices import price_in
from breakwater.workflows.rollups.rollup_table import RollupTable

_dynamodb = boto3.client("dynamodb")
_requests = setting(contract.REQUESTS.variable)
_desk = AnalyticsDesk(
    RollupTable(_dynamodb, setting(contract.ROLLUPS.variable)),
    price_in(_dynamodb.meta.region_name),
    clock.now,
)

handler = HttpApplication(
    analytics.routes(_desk),
    rate_limit=RateLimit(_dynamodb, _requests, Allowance()),
    clock=time.time,
)
