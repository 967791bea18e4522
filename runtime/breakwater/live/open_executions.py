"""Whether an execution may still go on, as the index knows. Calls GetItem."""

from typing import TYPE_CHECKING

from breakwater import contract
from breakwater.platform.attribute_values import from_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class OpenExecutions:
    """One look at the index: a history that has ended is read for nobody."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """
        :param table: the execution index's.
        """
        self._client = client
        self._table = table

    def may_go_on(self, execution_arn: str) -> bool:
        """False only where the index knows that it ended; what it does not know yet may."""
        item = self._client.get_item(
            TableName=self._table,
            Key={contract.EXECUTION_INDEX.partition: {"S": execution_arn}},
            ConsistentRead=True,
        ).get("Item")
        return not item or "stopDate" not in from_item(item)
