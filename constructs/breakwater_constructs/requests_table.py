"""The table that lets a request be sent twice and happen once."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class RequestsTable(DurableTable):
    """Answers already given, by idempotency key.

    What may I ask it?

    * was this request answered, and how?  (by idempotencyKey)     GetItem

    * may this caller ask once more?  (key `RATE#<caller>`)        UpdateItem, conditional

    A key is taken by a conditional put before the work, completed by an update after it, and given
    back when the work was refused. Items leave by themselves (`expiresAt`).
    """

    shape = contract.REQUESTS

    def grant_remember(self, grantee: iam.IGrantable) -> iam.Grant:
        """May take a key, keep the answer under it or give it back, and take tokens."""
        return self._grant(grantee, "GetItem", "PutItem", "UpdateItem", "DeleteItem")

    def grant_take_tokens(self, grantee: iam.IGrantable) -> iam.Grant:
        """May take tokens: for functions that start nothing, so that no answer must be kept."""
        return self._grant(grantee, "UpdateItem")
