"""Every minute: tell of workflows that come near their targets, miss them, or hang in a state."""

from dataclasses import asdict
from functools import partial
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.index.arns import machine_of
from breakwater.index.row_table import RowTable
from breakwater.platform import clock
from breakwater.platform.late import when_used
from breakwater.platform.patience import PATIENCE
from breakwater.platform.settings import setting
from breakwater.recovery.engine.portal_link import PortalLink
from breakwater.timeline.reader import PATIENCE as OF_HISTORIES
from breakwater.timeline.reader import Reader
from breakwater.timeline.shared_call_budget import SharedCallBudget
from breakwater.workflows.profiles import KeptProfiles
from breakwater.workflows.rollups.profiles import Profiles
from breakwater.workflows.rollups.rollup_table import RollupTable
from breakwater.workflows.sla.alert_message import alert_message
from breakwater.workflows.sla.alert_sweep import AlertSweep
from breakwater.workflows.sla.due_rows import DueRows
from breakwater.workflows.sla.execution_looks import ExecutionLooks
from breakwater.workflows.sla.sns_alerts import SnsAlerts

SPARE_MILLISECONDS = 15_000
"""One call that hangs, and what it takes to say so."""

logger = Logger()
_environment = setting(contract.ENVIRONMENT_VARIABLE)
_dynamodb = boto3.client("dynamodb", config=PATIENCE)
_index = setting(contract.EXECUTION_INDEX.variable)
_link = PortalLink(
    lambda: boto3.client("ssm", config=PATIENCE),
    contract.portal_url_parameter(_environment),
    below="workflows",
)
_sweep = AlertSweep(
    due=DueRows(_dynamodb, _index),
    rows=RowTable(_dynamodb, _index),
    profiles=KeptProfiles(
        Profiles(RollupTable(_dynamodb, setting(contract.ROLLUPS.variable)), clock.now)
    ),
    looks=ExecutionLooks(
        Reader(
            when_used(lambda: boto3.client("stepfunctions", config=OF_HISTORIES)),
            SharedCallBudget(_dynamodb, setting(contract.REQUESTS.variable)),
            patience_seconds=0.0,
        )
    ),
    alerts=SnsAlerts(
        when_used(lambda: boto3.client("sns", config=PATIENCE)),
        topic_arn=setting(contract.MESSAGES_TOPIC_VARIABLE),
        environment=_environment,
    ),
    message=partial(alert_message, link=_link, environment=_environment),
    recovery_machine=machine_of(setting(contract.STATE_MACHINE_VARIABLE)),
    clock=clock.now,
)


class NotAllTold(RuntimeError):
    """Some alerts could not be told; the message says which, and the alarm on errors tells people.
    The next sweep tries again.
    """


@logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """What was told; an error if something could not be."""
    swept = _sweep.run(lambda: context.get_remaining_time_in_millis() > SPARE_MILLISECONDS)
    report = asdict(swept)
    logger.info("Swept", extra={"report": report})
    if swept.failed:
        raise NotAllTold(f"{swept.failed} of {swept.due} rows: {'; '.join(swept.failures)}")
    return report
