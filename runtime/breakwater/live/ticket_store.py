"""Tickets in the Live table. Calls PutItem and DeleteItem: taking one is what makes it used."""

from typing import TYPE_CHECKING, Any

from breakwater.live.ticket import Ticket, fingerprint, new_secret
from breakwater.platform.attribute_values import from_item, to_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ENTRY = "TICKET"


class TicketStore:
    """Gives tickets out and takes them back."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def give(self, ticket: Ticket) -> str:
        """Keep it; the secret by which it is shown."""
        secret = new_secret()
        self._client.put_item(
            TableName=self._table,
            Item=to_item(
                {
                    "topic": _topic(secret),
                    "entry": _ENTRY,
                    **ticket.to_values(),
                    "goodUntil": ticket.expires_at,
                    "expiresAt": int(ticket.expires_at) + 1,
                }
            ),
        )
        return secret

    def take(self, secret: str, now: float) -> Ticket | None:
        """The ticket behind this secret, which is used by that; None if it is not good.

        Of two who show it at the same moment, one deletes it, and only that one connects.
        """
        key: dict[str, Any] = {"topic": {"S": _topic(secret)}, "entry": {"S": _ENTRY}}
        told = self._client.delete_item(TableName=self._table, Key=key, ReturnValues="ALL_OLD")
        if not told.get("Attributes"):
            return None
        values = from_item(told["Attributes"])
        ticket = Ticket.from_values(values, expires_at=float(values["goodUntil"]))
        return ticket if ticket.good_at(now) else None


def _topic(secret: str) -> str:
    return f"ticket#{fingerprint(secret)}"
