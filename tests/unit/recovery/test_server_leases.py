"""Which run holds which server, read from the table."""

from typing import TYPE_CHECKING

import pytest

from breakwater.recovery.server_leases import ServerLeases
from breakwater.recovery.unreachable import Unreachable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def test_holders_are_told_of_more_servers_than_a_batch_holds(dynamodb: "DynamoDBClient") -> None:
    keys = [f"111122223333/eu-west-1/s-{number:017d}" for number in range(150)]
    for key in keys[::2]:
        dynamodb.put_item(
            TableName="leases", Item={"server": {"S": key}, "executionId": {"S": f"run of {key}"}}
        )
    holders = ServerLeases(dynamodb, "leases").holders(keys)
    assert holders == {key: f"run of {key}" for key in keys[::2]}


def test_nobody_is_asked_about_no_servers(dynamodb: "DynamoDBClient") -> None:
    assert ServerLeases(dynamodb, "no such table").holders([]) == {}


def test_a_table_that_refuses_is_a_reason(dynamodb: "DynamoDBClient") -> None:
    with pytest.raises(Unreachable, match="reading the leases"):
        ServerLeases(dynamodb, "no such table").holders(["a"])
