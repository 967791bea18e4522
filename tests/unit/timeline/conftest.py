"""The table in which functions share their budget."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name="eu-west-1")
        for name, shape in (
            ("requests", contract.REQUESTS),
            ("history", contract.EXECUTION_HISTORY),
        ):
            client.create_table(
                TableName=name,
                KeySchema=[
                    {"AttributeName": key, "KeyType": kind}
                    for key, kind in ((shape.partition, "HASH"), (shape.sort, "RANGE"))
                    if key is not None
                ],
                AttributeDefinitions=[
                    {"AttributeName": key, "AttributeType": "S"}
                    for key in (shape.partition, shape.sort)
                    if key is not None
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        yield client
