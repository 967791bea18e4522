"""The bulks' table on an emulated DynamoDB, and a scene over it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from breakwater.workflows.bulk.bulk_store import BulkStore
from tests.tables import make_table
from tests.unit.workflows.bulk.scene import TABLE, Scene


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with mock_aws():
            client: Any = boto3.client("dynamodb", region_name="eu-west-1")
            make_table(client, TABLE, contract.BULKS)
            yield client


@pytest.fixture
def scene(dynamodb: Any) -> Scene:
    return Scene(BulkStore(dynamodb, TABLE))
