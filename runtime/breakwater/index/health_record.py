"""The index's own health, as its functions note it: one item, `#HEALTH`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from breakwater import contract
from breakwater.platform.attribute_values import from_item, to_attribute

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

HEALTH_KEY = "#HEALTH"
_KEY = {contract.EXECUTION_INDEX.partition: {"S": HEALTH_KEY}}


class HealthRecord:
    """The item: each function writes its own attributes."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def note(self, values: Mapping[str, Any], *, add: Mapping[str, int] | None = None) -> None:
        """Set these, and count these up."""
        counts = add or {}
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if counts:
            expression += " ADD " + ", ".join(f"#{name} :{name}" for name in counts)
        self._client.update_item(
            TableName=self._table,
            Key=_KEY,
            UpdateExpression=expression,
            ExpressionAttributeNames={f"#{name}": name for name in (*values, *counts)},
            ExpressionAttributeValues={
                f":{name}": to_attribute(value) for name, value in {**values, **counts}.items()
            },
        )

    def read(self) -> dict[str, Any]:
        """What was noted; nothing, before anything was."""
        answer = self._client.get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        return {
            name: value
            for name, value in from_item(answer.get("Item", {})).items()
            if name != contract.EXECUTION_INDEX.partition
        }
