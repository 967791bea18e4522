"""The table in which functions share their budget."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from breakwater import contract
from tests.tables import make_table


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        client: Any = boto3.client("dynamodb", region_name="eu-west-1")
        make_table(client, "requests", contract.REQUESTS)
        make_table(client, "history", contract.EXECUTION_HISTORY)
        yield client
