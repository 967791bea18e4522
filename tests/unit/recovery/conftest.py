"""Tables as the stacks make them, on an emulated DynamoDB."""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from breakwater.recovery.group_store import GroupStore
from breakwater.recovery.plan_store import PlanStore
from breakwater.recovery.recovery_tables import RecoveryTables
from tests.tables import make_table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

TABLES = RecoveryTables(groups="groups", plans="plans", audit="audit")


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        make_table(client, TABLES.groups, contract.PROTECTION_GROUPS)
        make_table(client, TABLES.plans, contract.RECOVERY_PLANS)
        make_table(client, TABLES.audit, contract.AUDIT_TRAIL)
        make_table(client, "leases", contract.SERVER_LEASES)
        yield client


@pytest.fixture
def groups(dynamodb: "DynamoDBClient") -> GroupStore:
    return GroupStore(dynamodb, TABLES)


@pytest.fixture
def plans(dynamodb: "DynamoDBClient") -> PlanStore:
    return PlanStore(dynamodb, TABLES)


@pytest.fixture
def at_once(dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """From now on so many writers wait for each other: all have read before the first writes.

    DynamoDB carries out transactions one after the other; the emulator does not, so a lock does.
    """

    def arrange(writers: int) -> None:
        all_have_read = threading.Barrier(writers)
        one_after_the_other = threading.Lock()
        write = dynamodb.transact_write_items

        def together(**what: Any) -> Any:
            all_have_read.wait(timeout=60)
            with one_after_the_other:
                return write(**what)

        monkeypatch.setattr(dynamodb, "transact_write_items", together)

    return arrange
