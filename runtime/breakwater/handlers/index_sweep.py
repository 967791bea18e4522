"""Sweeps: on its schedule, or when somebody asks."""

from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.sweep import NotMended
from breakwater.index.sweep_job import SweepJob
from breakwater.index.sweep_request import options_of
from breakwater.platform import clock
from breakwater.platform.settings import setting

logger = Logger()
_table = setting(contract.EXECUTION_INDEX.variable)
_session = boto3.Session()
_job = SweepJob(
    dynamodb=_session.client("dynamodb"),
    states=_session.client("stepfunctions"),
    sqs=_session.client("sqs"),
    table=_table,
    dead_letters=setting(contract.INDEX_DEAD_LETTERS_VARIABLE),
    settings=IndexSettings.from_json(setting(contract.INDEX_SETTINGS_VARIABLE)),
    clock=clock.now,
)
_metrics = Metrics(namespace=contract.INDEX_METRICS)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Sweep once; the answer is what came of it."""
    report = _job.run(options_of(event))
    logger.info("Swept", extra={"report": report})
    if "repaired" in report:
        _metrics.add_dimension(contract.INDEX_DIMENSION, _table)
        _metrics.add_metric(contract.INDEX_REPAIRS_METRIC, MetricUnit.Count, report["repaired"])
        _metrics.flush_metrics()
    if report.get("failed"):
        # Everything else is mended and noted; the alarm on failing sweeps is for what is not.
        raise NotMended(report["failed"], report["failures"])
    return report
