"""The table of protection groups."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class ProtectionGroupsTable(DurableTable):
    """Protection groups: which servers of which account and Region belong together.

    What may I ask it?

    * one group, by groupId                                        GetItem
    * several groups, by groupId (those that a plan names)         BatchGetItem
    * is this name taken?  (key `NAME#<name>`)                     GetItem
    * all groups by name, or those whose name begins with ...      Query NameIndex (kind = GROUP)

    A group and its `NAME#` item are written in one transaction, so names are unique; every write
    is conditional on `version`, so of two people saving at once one is told. The transactions of
    plans keep `usedBy`, the ids of the plans that name a group; it is removed only without any.
    """

    shape = contract.PROTECTION_GROUPS

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """May look groups up and list them."""
        by_id = self._grant(grantee, "GetItem", "BatchGetItem")
        return by_id.combine(self._grant_query_indexes(grantee))

    def grant_read_known(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read groups whose ids it knows: those of a plan."""
        return self._grant(grantee, "BatchGetItem")

    def grant_edit(self, grantee: iam.IGrantable) -> iam.Grant:
        """May create, change and remove groups, each with its name, and note who uses one."""
        return self._grant(grantee, "PutItem", "UpdateItem", "DeleteItem")
