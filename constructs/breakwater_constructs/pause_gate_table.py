"""The table behind a pause gate."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class PauseGateTable(DurableTable):
    """Who wants which execution held, and what waits at the gate, with its task token.

    What may I ask it?

    * is this execution to be held, and what of it waits?  (by executionArn)   Query

    Only the gate's own function may: a task token never leaves the backend.
    """

    shape = contract.PAUSE_GATE

    def grant_keep(self, grantee: iam.IGrantable) -> iam.Grant:
        """May keep the gate's book."""
        return self._grant(
            grantee, "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"
        )
