"""The table behind live updates."""

from aws_cdk import aws_iam as iam

from breakwater import contract
from breakwater_constructs.durable_table import DurableTable


class LiveTable(DurableTable):
    """Who listens to what, and ten minutes of what was told. Nothing in it is worth keeping.

    What may I ask it?

    * is this ticket good?  (by the fingerprint of its secret)     DeleteItem: asking uses it
    * who is connected under this id, and to what do they listen?  GetItem
    * who listens to this topic?                                   Query (topic, `LISTENER#...`)
    * where does this topic stand, and may anybody listen?         GetItem (topic, `HEAD`)
    * what was told since this number?                             Query (topic, `FRAME#...`)
    * which executions are watched, and who reads them?            Query (`tails`)

    Everything leaves by itself (`expiresAt`); what must be right is also compared with the clock.
    A connection's item names its topics, so there is no index (docs/decisions/0065).
    """

    shape = contract.LIVE

    def grant_give_tickets(self, grantee: iam.IGrantable) -> iam.Grant:
        """May let somebody connect."""
        return self._grant(grantee, "PutItem")

    def grant_take_tickets(self, grantee: iam.IGrantable) -> iam.Grant:
        """May take a ticket, which is used by that."""
        return self._grant(grantee, "DeleteItem")

    def grant_serve(self, grantee: iam.IGrantable) -> iam.Grant:
        """May keep connections and what they listen to, and send what they missed."""
        return self._grant(
            grantee, "GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "Query"
        )

    def grant_tell(self, grantee: iam.IGrantable) -> iam.Grant:
        """May write what is told, find who listens, and forget who is gone."""
        return self._grant(grantee, "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query")

    def grant_tell_again(self, grantee: iam.IGrantable) -> iam.Grant:
        """May read what was told, and forget who is gone."""
        return self._grant(grantee, "GetItem", "DeleteItem", "Query")
