"""What runs while nobody watches."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.live_deployed import Deployed
from benchmarks.measure import Row

QUIET_SECONDS = 30.0


def nobody(deployed: Deployed) -> Row:
    """What runs when everybody has gone."""
    functions = [
        deployed.function(f"Live{name}Function")
        for name in ("Authorizer", "Clients", "Changes", "Tail")
    ]
    deadline = time.time() + 60
    while _left(deployed) and time.time() < deadline:
        time.sleep(1.0)
    before = _invocations(deployed, functions)
    time.sleep(QUIET_SECONDS)
    ran = _invocations(deployed, functions) - before
    return Row(
        what=f"functions called in {QUIET_SECONDS:.0f} s in which nobody watches",
        measured=f"{ran:.0f}",
        against="executions still read",
        reference=f"{_left(deployed)}",
        ratio=None,
        budget="0",
        kept=ran == 0 and not _left(deployed),
    )


def _left(deployed: Deployed) -> int:
    """Leases of tailers."""
    found = deployed.dynamodb.query(
        TableName=deployed.table,
        KeyConditionExpression="topic = :tails",
        ExpressionAttributeValues={":tails": {"S": "tails"}},
    )
    return len(found["Items"])


def _invocations(deployed: Deployed, functions: Sequence[str]) -> float:
    """How often these were called so far."""
    now = datetime.now(UTC)
    total = 0.0
    for function in functions:
        told = deployed.aws.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Invocations",
            Dimensions=[{"Name": "FunctionName", "Value": function}],
            StartTime=now - timedelta(hours=2),
            EndTime=now + timedelta(minutes=5),
            Period=3600 * 3,
            Statistics=["Sum"],
        )
        total += sum(point["Sum"] for point in told["Datapoints"])
    return total
