"""Tells what changes: takes records of the streams of the execution index and of recovery runs.

A record's trouble is its own: it is laid aside, whole and with its reason, as an event that this
function takes again. Listeners first, other systems after them.
"""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.live.assembly import LiveAssembly
from breakwater.live.change_desk import ChangeDesk
from breakwater.live.changes import ChangeReader
from breakwater.platform.settings import setting
from breakwater.timeline.execution_arn import execution_of_machine

logger = Logger()
_live = LiveAssembly()
_machine = setting(contract.STATE_MACHINE_VARIABLE)
_desk = ChangeDesk(
    reader=ChangeReader(
        recovery_machine_arn=execution_of_machine(_machine, "any").state_machine_arn,
        time_scale=float(setting(contract.TIME_SCALE_VARIABLE)),
    ),
    log=_live.log,
    publisher=_live.publisher,
    bus=_live.bus,
    watching=_live.tail_start,
)
_dead_letters = _live.dead_letters


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Tell a batch; answer what became of it."""
    records = event["Records"]
    done = _desk.tell(records)
    for position, error in done.failed.items():
        reason = f"{type(error).__name__}: {error}"
        _dead_letters.lay_aside(json.dumps({"Records": [records[position]]}, default=str), reason)
        logger.error("A record was laid aside", extra={"reason": reason}, exc_info=error)
    return {"records": len(records), "deltas": done.deltas, "laidAside": len(done.failed)}
