"""Works on bulks: takes one message at a time, acts for a while, and hands over to the next. And
looks after cancels: a compensation that was not started is started (see compensation.reminder).

Called without messages, by a schedule, it looks after what others left: bulks that nobody works on
are woken up, compensations that have succeeded are taken from those that are looked for.
"""

import json
import time
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.platform import clock
from breakwater.platform.http.errors import ApiError, Unavailable
from breakwater.platform.http.identity import Identity
from breakwater.platform.http.rate_limit import Allowance, RateLimit
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.workflows.acting_assembly import action_desk
from breakwater.workflows.bulk.bulk import PER_SECOND
from breakwater.workflows.bulk.bulk_queue import BulkQueue
from breakwater.workflows.bulk.bulk_store import BulkStore
from breakwater.workflows.bulk.bulk_sweep import BulkSweep
from breakwater.workflows.bulk.bulk_worker import BulkWorker
from breakwater.workflows.engines.step_functions.compensation.note import CompensationNotes
from breakwater.workflows.engines.step_functions.compensation.reminder import reminded
from breakwater.workflows.engines.step_functions.compensation.settling import Settling
from breakwater.workflows.engines.step_functions.compensation.unfinished import (
    UnfinishedCompensations,
)

SPARE_MILLISECONDS = 75_000
"""One workflow, of which AWS wants to be asked again and again."""

logger = Logger()
_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_queue = BulkQueue(
    when_used(lambda: boto3.client("sqs", config=PATIENCE)), setting(contract.BULK_QUEUE_VARIABLE)
)
_desk = action_desk(_dynamodb)
_store = BulkStore(_dynamodb, setting(contract.BULKS.variable))
_sweep = BulkSweep(store=_store, waker=_queue, clock=clock.now)
_index = setting(contract.EXECUTION_INDEX.variable)
_settling = Settling(
    UnfinishedCompensations(_dynamodb, _index),
    CompensationNotes(_dynamodb, _index, clock.now),
)
_worker = BulkWorker(
    store=_store,
    desk=_desk,
    turns=RateLimit(
        _dynamodb,
        setting(contract.REQUESTS.variable),
        Allowance(per_second=PER_SECOND, burst=1),
    ),
    clock=clock.now,
    pause=time.sleep,
)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Work; a message that could not be worked on comes again."""
    if "Records" not in event:
        return _looked_after()
    acted = 0
    for record in event["Records"]:
        message = json.loads(record["body"])
        left = reminded(message)
        if left is not None:
            acted += _compensated(*left)
            continue
        bulk_id = str(message["bulkId"])
        done = _worker.work(
            bulk_id, lambda: context.get_remaining_time_in_millis() > SPARE_MILLISECONDS
        )
        logger.info("Worked", extra={"bulk": bulk_id, "acted": done.acted, "more": done.more})
        if done.more:
            _queue.wake(bulk_id)
        acted += done.acted
    return {"acted": acted}


def _looked_after() -> dict[str, int]:
    woken, settled = _sweep.sweep(), _settling.sweep()
    if woken:
        logger.warning("Nobody worked on these bulks: they are woken up", extra={"bulks": woken})
    return {"woken": len(woken), "settled": settled}


def _compensated(workflow_id: str, by: Identity) -> bool:
    """While AWS is busy the message comes again; what is refused, people see: it is CANCELLING."""
    try:
        done = _desk.compensate_left(workflow_id, by=by)
    except Unavailable:
        raise
    except ApiError as refused:
        logger.warning(
            "A compensation cannot be started",
            extra={"workflow": workflow_id, "why": refused.message},
        )
        return False
    logger.info("Looked after a cancel", extra={"workflow": workflow_id, "started": bool(done)})
    return done is not None
