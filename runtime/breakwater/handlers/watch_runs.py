"""Every minute: look after runs that no execution looks after; tell the alarms how it stands."""

import json
import sys
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater.recovery.engine.assembly import Assembly
from breakwater.recovery.engine.metrics import watch_metrics
from breakwater.recovery.engine.watching import lengths

logger = Logger()
_assembly = Assembly()
_watching = _assembly.watching
_environment = _assembly.environment


class NotAllLookedAfter(RuntimeError):
    """Some runs could not be; the message says which, and the alarm on errors tells people."""


@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """What it saw; an error if it could not look after all."""
    watched, wrong = _watching.watch()
    document = watch_metrics(
        longest_pause=watched.longest_pause,
        longest_silence=watched.longest_silence,
        environment=_environment,
        at=_assembly.engine_clock(),
    )
    sys.stdout.write(json.dumps(document) + "\n")
    if wrong:
        raise NotAllLookedAfter("; ".join(wrong))
    return dict(lengths(watched))
