"""Tables of the contract, made in an emulated DynamoDB as the stacks make them."""

from typing import Any

from breakwater.contract import TableShape
from tests.mended_moto import mend_moto

mend_moto()


def make_table(client: Any, name: str, shape: TableShape) -> None:
    """The table with its keys and its indexes."""
    indexes = [
        {
            "IndexName": index.name,
            "KeySchema": _schema(index.partition, index.sort),
            "Projection": {"ProjectionType": index.projection},
        }
        for index in shape.indexes
    ]
    keys = [shape.partition, shape.sort, *(k for i in shape.indexes for k in (i.partition, i.sort))]
    client.create_table(
        TableName=name,
        KeySchema=_schema(shape.partition, shape.sort),
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in dict.fromkeys(keys) if key
        ],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )


def _schema(partition: str, sort: str | None) -> list[dict[str, str]]:
    keys = [{"AttributeName": partition, "KeyType": "HASH"}]
    return [*keys, {"AttributeName": sort, "KeyType": "RANGE"}] if sort else keys
