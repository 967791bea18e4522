"""Rows for the benchmarks of the index, made by the index's own code."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from breakwater import contract
from breakwater.contract import IndexSettings
from breakwater.index.candidate import candidate
from breakwater.index.event import observation_of
from breakwater.index.machine_facts import facts_of
from breakwater.platform.attribute_values import to_item

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AGENTS = [f"agent-{n:02}" for n in range(20)]
OTHERS = [f"other-{n:02}" for n in range(20)]
STATUSES = ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"]
ACCOUNT = "arn:aws:states:eu-west-1:111122223333"
_SETTINGS = IndexSettings()


def execution_event(
    number: int,
    *,
    ended: bool,
    started: datetime = NOW,
    status: str = "SUCCEEDED",
    agents: Sequence[str] = AGENTS,
) -> dict[str, Any]:
    """A status change as EventBridge sends it, with names of a usual length."""
    agent = agents[number % len(agents)]
    stopped = started + timedelta(seconds=61.5)
    return {
        "detail-type": "Step Functions Execution Status Change",
        "time": (stopped if ended else started).isoformat(timespec="seconds"),
        "detail": {
            "executionArn": f"{ACCOUNT}:execution:{agent}:{number:08}-7c8b-4f0c-9d5e-1a2b3c4d5e6f",
            "stateMachineArn": f"{ACCOUNT}:stateMachine:{agent}",
            "name": f"{number:08}-7c8b-4f0c-9d5e-1a2b3c4d5e6f",
            "status": status if ended else "RUNNING",
            "startDate": round(started.timestamp() * 1000),
            "stopDate": round(stopped.timestamp() * 1000) if ended else None,
            "input": json.dumps({"order": {"id": f"A-{number}"}, "lines": ["x" * 40] * 20}),
            "output": '{"ok": true}' if ended else None,
            "redriveCount": 0,
        },
    }


def items(
    number: int,
    *,
    days: int = 30,
    until: datetime = NOW,
    agents: Sequence[str] = AGENTS,
    statuses: Sequence[str] = STATUSES,
) -> Iterator[dict[str, Any]]:
    """Items of the table: ended executions, evenly over the days before `until`."""
    step = timedelta(days=days) / number
    for n in range(number):
        started = until - step * n - timedelta(seconds=1)
        # Neither agent nor day decides the status.
        status = statuses[n // len(agents) % len(statuses)]
        event = execution_event(n, ended=True, started=started, status=status, agents=agents)
        seen = observation_of(event)
        row = candidate(seen, facts_of(seen.state_machine_arn, {}, _SETTINGS), _SETTINGS)
        values = {name: value for name, value in row.to_values().items() if value is not None}
        yield to_item({**values, "revision": 2, "indexedAt": row.start_date})


def day_book(until: datetime, days: int) -> dict[str, Any]:
    """The item that says which days have rows."""
    known = [(until - timedelta(days=n)).date().isoformat() for n in range(days + 1)]
    return {
        contract.EXECUTION_INDEX.partition: {"S": "#DAYS"},
        "startDays": {"SS": sorted(known)},
    }


def make_table(dynamodb: Any, name: str) -> None:
    """The table as the contract describes it."""
    shape = contract.EXECUTION_INDEX
    keys = {shape.partition, *(key for i in shape.indexes for key in (i.partition, i.sort) if key)}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": shape.partition, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(keys)],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index.name,
                "KeySchema": [
                    {"AttributeName": index.partition, "KeyType": "HASH"},
                    {"AttributeName": index.sort, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": index.projection},
            }
            for index in shape.indexes
        ],
    )
