"""The table that lets a request be sent twice and happen once."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class RequestsTable(DurableTable):
    """Answers already given, by idempotency key.

    What may I ask it?

    * was this request answered, and how?  (by idempotencyKey)     GetItem

    A key is taken by a conditional put before the work and completed by an update after it. Items
    leave by themselves (`expiresAt`).
    """

    shape = contract.REQUESTS

    def grant_remember(self, grantee: iam.IGrantable) -> iam.Grant:
        """May take a key, store the answer under it, and read it again."""
        return self._grant(grantee, "GetItem", "PutItem", "UpdateItem")
