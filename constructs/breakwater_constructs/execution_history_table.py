"""The table of recovery runs."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class ExecutionHistoryTable(DurableTable):
    """Recovery runs: one item for the run, its frozen plan, and each wave, server and job.

    What may I ask it?

    * everything about a run, or its waves, servers or jobs only   Query (executionId, itemKey)
    * one item: `EXECUTION`, `PLAN`, `WAVE#...`, `SERVER#...`, `JOB#...`   GetItem
    * the runs of a plan, newest first                             Query PlanDateIndex
    * the runs with a status, newest first                         Query StatusDateIndex
    * the runs that are not over                                   Query OpenIndex (sparse)

    Only the `EXECUTION` item carries the attributes of the indexes. One writer per item,
    conditional on `version`. Nothing is ever deleted: this is the evidence.
    """

    shape = contract.EXECUTION_HISTORY

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read runs, and list them by plan and by status."""
        by_plan = self._grant(grantee, "Query", index="PlanDateIndex")
        by_status = self._grant(grantee, "Query", index="StatusDateIndex")
        by_id = self.grant_read_run(grantee).combine(self.grant_read_item(grantee))
        return by_id.combine(by_plan).combine(by_status)

    def grant_read_run(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read the items of a run whose id it knows."""
        return self._grant(grantee, "Query")

    def grant_read_item(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read one item of a run whose id it knows."""
        return self._grant(grantee, "GetItem")

    def grant_read_known(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read runs whose ids it knows, many at once."""
        return self._grant(grantee, "BatchGetItem")

    def grant_list_by_status(self, grantee: iam.IGrantable) -> iam.Grant:
        """May list the runs with a status, and read those whose ids it knows, many at once."""
        by_status = self._grant(grantee, "Query", index="StatusDateIndex")
        return self.grant_read_known(grantee).combine(by_status)

    def grant_list(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read runs, many at once, and list them: of a plan, with a status, not over."""
        grant = self._grant(grantee, "GetItem", "BatchGetItem", "Query")
        for index in ("PlanDateIndex", "StatusDateIndex", "OpenIndex"):
            grant = grant.combine(self._grant(grantee, "Query", index=index))
        return grant

    def grant_find_open(self, grantee: iam.IGrantable) -> iam.Grant:
        """May list the runs that are not over."""
        return self._grant(grantee, "Query", index="OpenIndex")

    def grant_record(self, grantee: iam.IGrantable) -> iam.Grant:
        """May write what happens in a run: the engine, and the actions that people take on it.

        Whole items, each on the condition that it is as it was read; there are no partial updates.
        """
        return self._grant(grantee, "PutItem")
