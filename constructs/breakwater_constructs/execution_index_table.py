"""The table behind the execution index."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class ExecutionIndexTable(DurableTable):
    """One item per Step Functions execution (or custom workflow), from its start to its end.

    What may I ask it?

    * one execution, by its ARN                                    GetItem
    * the executions of an agent, newest first                     Query AgentDateIndex
    * the executions with a status, newest first                   Query StatusDateIndex
      (COMPENSATING in the place of a status: notes of what is made good again)
    * both at once                                                 Query AgentStatusDateIndex
    * all that started on a day (and, day by day, simply all)      Query StartDayIndex
    * all that ended on a day                                      Query StopDayIndex
    * those still open, by the time at which something is due      Query OpenIndex (sparse)
      (their target comes near, or is passed; their states are to be looked at), and those that
      ended late, until that is told
    * those with this value of a search attribute                  Query SearchIndex (sparse)

    Keys that begin with `#` are the index's own notes, not executions: `#HEALTH`, `#DAYS`,
    `#SWEEP`, `#BACKFILL`, `#MACHINE#<ARN>`, `#COMPENSATION#<ARN>`, `#SEARCH#<ARN>#<path>`. Whoever
    reads the table's stream (every change, as it was and as it is) passes them over.

    All indexes exist from the first deployment: CloudFormation adds only one per update.
    """

    shape = contract.EXECUTION_INDEX

    def grant_read_row(self, grantee: iam.IGrantable) -> iam.Grant:
        """May look up one execution whose ARN it knows."""
        return self._grant(grantee, "GetItem")

    def grant_query(self, grantee: iam.IGrantable) -> iam.Grant:
        """May look executions up, list and search them, and read the health record."""
        by_arn = self._grant(grantee, "GetItem", "BatchGetItem")
        return by_arn.combine(self._grant_query_indexes(grantee))

    def grant_list(self, grantee: iam.IGrantable) -> iam.Grant:
        """May list and search executions by every question but what is open, or due."""
        grant = self._grant(grantee, "GetItem", "BatchGetItem")
        for index in self.shape.indexes:
            if index.name != "OpenIndex":
                grant = grant.combine(self._grant(grantee, "Query", index=index.name))
        return grant

    def grant_note(self, grantee: iam.IGrantable) -> iam.Grant:
        """May look up what it can name, and leave notes such as `#COMPENSATION#<ARN>`."""
        return self._grant(grantee, "BatchGetItem", "UpdateItem")

    def grant_find_notes(self, grantee: iam.IGrantable) -> iam.Grant:
        """May find what is still made good again, beside what `grant_note` gives."""
        return self._grant(grantee, "Query", index="StatusDateIndex")

    def grant_write(self, grantee: iam.IGrantable) -> iam.Grant:
        """May write what became of an execution, conditionally, with its search attributes."""
        return self._grant(grantee, "GetItem", "BatchGetItem", "UpdateItem", "PutItem")

    def grant_sweep(self, grantee: iam.IGrantable) -> iam.Grant:
        """May write likewise, and go through those that are open, or ended badly; and see which
        days have rows.
        """
        grant = self.grant_write(grantee)
        for index in ("OpenIndex", "StatusDateIndex", "StartDayIndex", "StopDayIndex"):
            grant = grant.combine(self._grant(grantee, "Query", index=index))
        return grant

    def grant_watch(self, grantee: iam.IGrantable) -> iam.Grant:
        """May find what is due, and write what was told of it."""
        by_arn = self._grant(grantee, "BatchGetItem", "UpdateItem")
        return by_arn.combine(self._grant(grantee, "Query", index="OpenIndex"))
