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
        """May ask who holds servers."""
        return self._grant(grantee, "BatchGetItem")

    def grant_take(self, grantee: iam.IGrantable) -> iam.Grant:
        """May take leases, and look at the one that stands in the way."""
        return self._grant(grantee, "GetItem", "PutItem")

    def grant_give_back(self, grantee: iam.IGrantable) -> iam.Grant:
        """May find the leases of a run and give them back."""
        held = self._grant(grantee, "Query", index="ExecutionIndex")
        return held.combine(self._grant(grantee, "DeleteItem"))
