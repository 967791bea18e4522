"""The table that keeps two runs from launching the same server."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class ServerLeasesTable(DurableTable):
    """Leases: which run holds a source server. The key is `accountId/region/sourceServerId`.

    What may I ask it?

    * who holds this server?                                       GetItem
    * who holds these servers?  (up to 100 at once)                BatchGetItem
    * which servers does this run hold?                            Query ExecutionIndex

    A lease is taken by a conditional put, in sorted batches, and given back by a conditional
    delete that names its run. It never simply expires: an old one is checked against its run.
    """

    shape = contract.SERVER_LEASES

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """May ask who holds a server."""
        by_id = self._grant(grantee, "GetItem", "BatchGetItem")
        return by_id.combine(self._grant_query_indexes(grantee))

    def grant_hold(self, grantee: iam.IGrantable) -> iam.Grant:
        """May take leases and give them back."""
        return self._grant(grantee, "PutItem", "DeleteItem")
