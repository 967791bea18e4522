"""Counts executions as they end: takes records of the index table's stream.

A record's trouble is its own: it is laid aside, whole and with its reason, as an event that this
function takes again. Only when that fails does the stream bring the batch again, which is harmless.
"""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.index.dead_letters import DeadLetterQueue
from breakwater.index.row import Row
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.settings import setting
from breakwater.workflows.engines.recovery.run_reader import RunReader
from breakwater.workflows.rollups.counting import Counting
from breakwater.workflows.rollups.run_facts import RunFacts
from breakwater.workflows.rollups.stream import NotARow, ended_row

SPARE_MILLISECONDS = 20_000  # for writing, when histories took long

logger = Logger()
_session = boto3.Session()
_dynamodb = _session.client("dynamodb")
_counting = Counting.from_settings(_session, _dynamodb)
_history = os.environ.get(contract.EXECUTION_HISTORY.variable)  # an index alone has no runs
_runs = RunFacts(RunReader(_dynamodb, _history)) if _history else None
_dead_letters = DeadLetterQueue(
    when_used(lambda: _session.client("sqs")),
    setting(contract.ROLLUP_DEAD_LETTERS_VARIABLE),
    clock.now,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Count a batch; answer what became of it."""
    rows: list[Row] = []
    records: dict[tuple[str, int], dict[str, Any]] = {}
    aside = 0
    for record in event["Records"]:
        try:
            row = ended_row(record)
        except NotARow as malformed:
            aside += _lay_aside(record, malformed)
            continue
        if row is not None:
            rows.append(row)
            records[row.execution_arn, row.redrive_count] = record
    _counting.histories.begin()
    done = _counting.contributor.rows(
        _runs.rows(rows) if _runs else rows,
        may_read=lambda: context.get_remaining_time_in_millis() > SPARE_MILLISECONDS,
    )
    for key, error in done.failed:
        aside += _lay_aside(records[key], error)
    return {
        "changed": done.changed,
        "unchanged": done.unchanged,
        "tooOld": done.too_old,
        "laidAside": aside,
    }


def _lay_aside(record: dict[str, Any], error: Exception) -> int:
    reason = f"{type(error).__name__}: {error}"
    _dead_letters.lay_aside(json.dumps({"Records": [record]}, default=str), reason)
    logger.error("A record was laid aside", extra={"reason": reason}, exc_info=error)
    return 1
