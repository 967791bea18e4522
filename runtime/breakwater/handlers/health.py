"""GET /health: is every part of Breakwater ready? 200 when it is, 503 when it is not.

Anyone may ask, so an answer serves all who ask within ten seconds: the cost does not grow with
the number of those who ask (per running copy, at most eight DescribeTable calls in ten seconds).
"""

import json
import time
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

import breakwater
from breakwater import contract
from breakwater.platform import clock, health
from breakwater.platform.settings import setting
from breakwater.platform.table_health import PATIENCE, check_tables

FRESH_SECONDS = 10.0

logger = Logger()
_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_tables = {table.name: setting(table.variable) for table in contract.ALL_TABLES}
_environment = setting(contract.ENVIRONMENT_VARIABLE)
_last: tuple[float, dict[str, Any]] | None = None


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP API request (payload format 2.0)."""
    body = _fresh_report()
    return {
        "statusCode": 200 if body["status"] == health.READY else 503,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }


def _fresh_report() -> dict[str, Any]:
    global _last
    if _last is None or time.monotonic() - _last[0] > FRESH_SECONDS:
        body = health.report(
            check_tables(_dynamodb, _tables),
            environment=_environment,
            version=breakwater.__version__,
            at=clock.iso(clock.now()),
        )
        _last = (time.monotonic(), body)
    return _last[1]
