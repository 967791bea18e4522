"""Rows for tests, by hand."""

from datetime import datetime, timedelta
from typing import Any

from breakwater.index.row import Row
from breakwater.platform.clock import iso
from tests.unit.index.world import ACCOUNT, START


def row(name: str, *, agent: str = "orders", status: str = "SUCCEEDED", **given: Any) -> Row:
    """One row; `at`: when it started; `lasted`: how long it took."""
    at: datetime = given.pop("at", START)
    ended = at + given.pop("lasted", timedelta(minutes=1))
    return Row(
        execution_arn=f"{ACCOUNT}:execution:{agent}:{name}",
        execution_name=name,
        state_machine_arn=f"{ACCOUNT}:stateMachine:{agent}",
        agent_name=agent,
        status=status,
        start_date=iso(at),
        stop_date=None if status == "RUNNING" else iso(ended),
        account="111122223333",
        region="eu-west-1",
        revision=1,
        **given,
    )
