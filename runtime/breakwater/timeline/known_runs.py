"""Does Breakwater know a recovery run that Step Functions does not? Reads the run's own item."""

from typing import TYPE_CHECKING, Any

from breakwater import contract

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

RUN = "EXECUTION"
_NOT_STARTED = "PENDING"


class KnownRuns:
    """Calls GetItem of ExecutionHistory; the run's item is written before its execution starts."""

    def __init__(self, client: "DynamoDBClient | Any", table: str) -> None:
        self._client = client
        self._table = table

    def status(self, execution_id: str) -> str | None:
        """The run's status; None when there is no such run."""
        shape = contract.EXECUTION_HISTORY
        answer: Any = self._client.get_item(
            TableName=self._table,
            Key={shape.partition: {"S": execution_id}, str(shape.sort): {"S": RUN}},
            ProjectionExpression="#status",
            ExpressionAttributeNames={"#status": "status"},
        )
        item = answer.get("Item")
        return None if item is None else str(item.get("status", {}).get("S", "UNKNOWN"))

    def was_started(self, execution_id: str) -> bool:
        """Was there an execution at some time, as far as Breakwater knows?"""
        return self.status(execution_id) not in (None, _NOT_STARTED)
