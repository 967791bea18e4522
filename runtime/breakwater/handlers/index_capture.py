"""Takes status changes from the queue and writes them into the index."""

import time
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from botocore.exceptions import ClientError

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.capture import Capture, Captured
from breakwater.index.dead_letters import DeadLetterQueue
from breakwater.index.health_record import HealthRecord
from breakwater.index.machine_directory import MachineDirectory
from breakwater.index.row_table import RowTable
from breakwater.index.step_functions import StepFunctions
from breakwater.index.writer import Writer
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.settings import setting

NOTE_SECONDS = 60.0  # the health record is one item: not written for every batch

_IMPATIENT = Config(
    connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1, "mode": "standard"}
)

logger = Logger()
_session = boto3.Session()
_dynamodb = _session.client("dynamodb")
_table = setting(contract.EXECUTION_INDEX.variable)
_settings = IndexSettings.from_json(setting(contract.INDEX_SETTINGS_VARIABLE))
# Impatient, as a batch has 30 s: what is throttled comes again by the queue, and not at its cost.
_states = StepFunctions(_session.client("stepfunctions", config=_IMPATIENT), clock.now)
_rows = RowTable(_dynamodb, _table)
_machines = MachineDirectory(_dynamodb, _table, _states, _settings, clock.now)
_capture = Capture(
    _rows,
    Writer(_rows, _machines, _states, _settings, clock.now),
    DeadLetterQueue(
        when_used(lambda: _session.client("sqs")),
        setting(contract.INDEX_DEAD_LETTERS_VARIABLE),
        clock.now,
    ),
    _settings,
    clock.now,
)
_health = HealthRecord(_dynamodb, _table)
_noted = float("-inf")


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Index a batch; answer which of its records the queue shall bring again."""
    captured = _capture.batch(event["Records"])
    _note(captured)
    return {"batchItemFailures": [{"itemIdentifier": name} for name in captured.again]}


def _note(captured: Captured) -> None:
    """How far behind, once a minute; every record that was laid aside."""
    global _noted
    due = captured.lag_seconds is not None and time.monotonic() - _noted > NOTE_SECONDS
    if not due and not captured.laid_aside:
        return
    now = clock.iso(clock.now())
    values: dict[str, Any] = {"capturedAt": now}
    if captured.lag_seconds is not None:
        values["lagSeconds"] = captured.lag_seconds
    if captured.laid_aside:
        values["laidAsideAt"] = now
    try:
        add = {"laidAside": captured.laid_aside} if captured.laid_aside else None
        _health.note(values, add=add)
    except ClientError:  # what is indexed is indexed: for this the queue need not bring it again
        logger.exception("The health record could not be written")
    _noted = time.monotonic()
