"""What is put into the emulated DynamoDB comes out, whoever else puts things there meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from breakwater import contract
from tests.tables import make_table

NUMBERS = st.integers(-(10**20), 10**20).map(str)
WORDS = st.text(min_size=1, max_size=5)
FLAT = st.one_of(
    st.builds(lambda one: {"S": one}, st.text(max_size=5)),
    st.builds(lambda one: {"N": one}, NUMBERS),
    st.builds(lambda one: {"B": one}, st.binary(min_size=1, max_size=5)),
    st.builds(lambda one: {"BOOL": one}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda one: {"SS": sorted(one)}, st.sets(WORDS, min_size=1, max_size=3)),
    st.builds(lambda one: {"NS": sorted(one)}, st.sets(NUMBERS, min_size=1, max_size=3)),
)
VALUES = st.recursive(
    FLAT,
    lambda inner: st.one_of(
        st.builds(lambda one: {"L": one}, st.lists(inner, max_size=3)),
        st.builds(lambda one: {"M": one}, st.dictionaries(WORDS, inner, max_size=3)),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def client() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with mock_aws():
            made = boto3.client("dynamodb", region_name="eu-west-1")
            make_table(made, "requests", contract.REQUESTS)
            yield made


@given(value=VALUES)
def test_a_value_comes_out_as_it_was_put(client: Any, value: dict[str, Any]) -> None:
    key = {contract.REQUESTS.partition: {"S": "one"}}
    client.put_item(TableName="requests", Item={**key, "held": value})
    found = client.get_item(TableName="requests", Key=key)["Item"]["held"]
    for name in ("SS", "NS"):
        if name in found:
            found = {name: sorted(found[name])}
    assert found == value


def test_transactions_at_the_same_time_are_all_kept(client: Any) -> None:
    names = [f"at once {number}" for number in range(200)]

    def put(name: str) -> None:
        item = {contract.REQUESTS.partition: {"S": name}}
        client.transact_write_items(
            TransactItems=[{"Put": {"TableName": "requests", "Item": item}}]
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, names))
    found = client.scan(TableName="requests", ConsistentRead=True)["Items"]
    assert set(names) <= {item[contract.REQUESTS.partition]["S"] for item in found}
