"""The index's table as the stack makes it, on an emulated DynamoDB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from tests.tables import make_table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

TABLE = "index"
SHARED = "shared"


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        with mock_aws():
            yield


@pytest.fixture(scope="module")
def shared_dynamodb(aws: None) -> Iterator["DynamoDBClient"]:
    """For tests that only read: the emulated DynamoDB is slow to write."""
    client = boto3.client("dynamodb", region_name="eu-west-1")
    make_table(client, SHARED, contract.EXECUTION_INDEX)
    yield client
    client.delete_table(TableName=SHARED)


@pytest.fixture
def dynamodb(aws: None) -> Iterator["DynamoDBClient"]:
    client = boto3.client("dynamodb", region_name="eu-west-1")
    make_table(client, TABLE, contract.EXECUTION_INDEX)
    yield client
    client.delete_table(TableName=TABLE)
