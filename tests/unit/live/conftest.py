"""The Live table on an emulated DynamoDB, and a clock in the test's hands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from breakwater.contract import Role
from breakwater.live.ticket import Ticket
from tests.tables import make_table

TABLE = "live"
START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC).timestamp()


@dataclass
class Clock:
    """The time, as everything under test sees it."""

    now: float = START

    def __call__(self) -> float:
        return self.now

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name="eu-west-1")
        make_table(client, TABLE, contract.LIVE)
        yield client


def holder(clock: Clock, *roles: Role, signed_in_seconds: float = 3600.0) -> Ticket:
    """Somebody who is connected."""
    return Ticket(
        subject="a",
        name="anna@example.com",
        roles=frozenset(roles or {Role.VIEWER}),
        signed_in_until=clock.now + signed_in_seconds,
        expires_at=clock.now + 60,
    )


def forget_expired(client: Any, now: float) -> None:
    """What DynamoDB does with items whose time is over."""
    for item in client.scan(TableName=TABLE)["Items"]:
        if float(item["expiresAt"]["N"]) < now:
            client.delete_item(
                TableName=TABLE, Key={name: item[name] for name in ("topic", "entry")}
            )
