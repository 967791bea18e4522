"""The table of recovery plans."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class RecoveryPlansTable(DurableTable):
    """Recovery plans: waves, what each depends on, and how much time there is.

    What may I ask it?

    * one plan, by planId                                          GetItem
    * is this name taken?  (key `NAME#<name>`)                     GetItem
    * all plans by name, or those whose name begins with ...       Query NameIndex (kind = PLAN)

    A plan and its `NAME#` item are written in one transaction, so names are unique; every write
    is conditional on `version`. A run never reads this table after its start: the plan is frozen
    into ExecutionHistory.
    """

    shape = contract.RECOVERY_PLANS

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """May look plans up and list them."""
        by_id = self._grant(grantee, "GetItem")
        return by_id.combine(self._grant_query_indexes(grantee))

    def grant_read_known(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read a plan whose id it knows: what starts a run of it."""
        return self._grant(grantee, "GetItem")

    def grant_edit(self, grantee: iam.IGrantable) -> iam.Grant:
        """May create, change and remove plans, each together with its name."""
        return self._grant(grantee, "PutItem", "UpdateItem", "DeleteItem")
