"""The table of counts and percentiles."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class RollupsTable(DurableTable):
    """Counts, durations and step sketches by hour, day and month; they merge.

    What may I ask it?

    * all figures of some hours or days                       BatchGetItem (ALL#<slice>, period)
    * what is usual for some state machines                   BatchGetItem (ARN, MONTH#2026-11)
    * what an execution and redrive contributed, to replace it BatchGetItem (ARN, REDRIVE#0)
    * whose history is still to be read, oldest first         Query (#TO-READ)

    `period` is `HOUR#2026-11-20T03`, `DAY#2026-11-20`, `MONTH#2026-11`, or names the contribution
    of one execution and redrive, so that counting it twice changes nothing. All state machines are
    counted together, in four slices, so that reading does not grow with their number.
    """

    shape = contract.ROLLUPS

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read figures."""
        return self._grant(grantee, "BatchGetItem")

    def grant_contribute(self, grantee: iam.IGrantable) -> iam.Grant:
        """May add, or replace, what one execution contributes."""
        return self._grant(grantee, "BatchGetItem", "PutItem")

    def grant_complete(self, grantee: iam.IGrantable) -> iam.Grant:
        """May do so for those whose history is still to be read, and strike them off that list."""
        return self._grant(grantee, "BatchGetItem", "PutItem", "DeleteItem", "Query")
