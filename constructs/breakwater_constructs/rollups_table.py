"""The table of counts and percentiles."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class RollupsTable(DurableTable):
    """Counts, durations and step sketches per state machine and hour or day; they merge.

    What may I ask it?

    * the figures of these state machines and periods              BatchGetItem
    * one contribution, to replace it with a better one            GetItem

    `period` is `HOUR#2026-11-20T03`, `DAY#2026-11-20`, or names the contribution of one execution
    and redrive, so that counting it twice changes nothing.
    """

    shape = contract.ROLLUPS

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read figures."""
        return self._grant(grantee, "BatchGetItem")

    def grant_contribute(self, grantee: iam.IGrantable) -> iam.Grant:
        """May add, or replace, what one execution contributes."""
        return self._grant(grantee, "GetItem", "PutItem", "UpdateItem")
