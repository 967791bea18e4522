"""What a function costs before and while it works."""

import os
import sys
from collections.abc import Iterator

from benchmarks.measure import CHECKOUT, Row, command, in_turns, shown
from breakwater import contract

RUNS = 7
BUDGET = 1.3
_BARE = """
import boto3
from aws_lambda_powertools import Logger
Logger()
boto3.client("dynamodb")
"""


def rows() -> Iterator[Row]:
    """Importing the handler, which is what a cold start pays for."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT / "runtime"),
        "AWS_DEFAULT_REGION": "eu-west-1",
        contract.ENVIRONMENT_VARIABLE: "bench",
        **{table.variable: table.name for table in contract.ALL_TABLES},
    }
    pair = in_turns(
        command([sys.executable, "-c", "import breakwater.handlers.health"], environment),
        command([sys.executable, "-c", _BARE], environment),
        RUNS,
    )
    yield Row(
        what="Import the handler `health`, as a cold start does",
        measured=shown(pair.seconds),
        against="boto3, one client and the Powertools logger",
        reference=shown(pair.reference_seconds),
        ratio=pair.ratio,
        budget=f"{BUDGET} x",
        kept=pair.ratio <= BUDGET,
    )
