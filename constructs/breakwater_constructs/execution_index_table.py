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
    * both at once                                                 Query AgentStatusDateIndex
    * all that started on a day (and, day by day, simply all)      Query StartDayIndex
    * all that ended on a day                                      Query StopDayIndex
    * those still open, by the time they should have ended         Query OpenIndex (sparse)

    All indexes exist from the first deployment: CloudFormation adds only one per update.
    """

    shape = contract.EXECUTION_INDEX

    def grant_query(self, grantee: iam.IGrantable) -> iam.Grant:
        """May look executions up and list them."""
        by_arn = self._grant(grantee, "GetItem")
        return by_arn.combine(self._grant_query_indexes(grantee))

    def grant_write(self, grantee: iam.IGrantable) -> iam.Grant:
        """May write what became of an execution: a conditional update, in order of events."""
        return self._grant(grantee, "UpdateItem")
