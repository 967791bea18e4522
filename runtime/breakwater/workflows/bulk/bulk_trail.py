"""Bulks in the audit trail. Calls PutItem."""

from typing import TYPE_CHECKING, Any

from breakwater.platform.audit import AuditRecord

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class BulkTrail:
    """The audit trail's table, to whoever starts and stops bulks."""

    def __init__(self, client: "DynamoDBClient | Any", table: str) -> None:
        self._client = client
        self._table = table

    def write(self, record: AuditRecord) -> None:
        """One thing that somebody did."""
        self._client.put_item(**record.append_to(self._table)["Put"])
