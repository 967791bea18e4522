"""The table of bulks: one action on many workflows."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class BulksTable(DurableTable):
    """Bulks, and what came of each workflow in them.

    What may I ask it?

    * a bulk: its filter, who confirmed it, how far it is   GetItem (bulkId, `BULK`)
    * its workflows in their order, each with its result    Query (bulkId, `ENTRY#...`)
    * which bulks are under way                             Query (`#UNDER_WAY`, bulkId)

    A preview leaves after a day, what was started after thirty (`expiresAt`); its workflows stay as
    long as they would if it had been started. The audit trail keeps
    what was done for good.
    """

    shape = contract.BULKS

    def grant_preview(self, grantee: iam.IGrantable) -> iam.Grant:
        """May write a preview, read it with its results, start and stop it."""
        return self._grant(grantee, "GetItem", "Query", "PutItem", "BatchWriteItem", "UpdateItem")

    def grant_work(self, grantee: iam.IGrantable) -> iam.Grant:
        """May go through a bulk and write what came of each workflow, and see what is under way."""
        return self._grant(grantee, "GetItem", "Query", "UpdateItem", "DeleteItem")
