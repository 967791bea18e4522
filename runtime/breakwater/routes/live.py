"""/live/ticket: what lets a client connect to the WebSocket API."""

from datetime import UTC, datetime

from pydantic import Field

from breakwater.live.ticket_desk import TicketDesk
from breakwater.platform.clock import iso
from breakwater.platform.http.caller import caller
from breakwater.platform.http.models import Model
from breakwater.platform.http.permissions import Permission
from breakwater.platform.http.route import Route


class LiveTicket(Model):
    """How to connect, once."""

    ticket: str = Field(description="connect to `<url>?ticket=<ticket>`")
    url: str = Field(description="where the socket is")
    expires_at: str = Field(description="connect before; ISO-8601")
    ends_at: str = Field(description="when the sign-in ends, and the connection with it")
    ping_seconds: int = Field(description="how often the client says `ping`")
    reconnect_seconds: int = Field(description="connect anew, with a new ticket, after so long")


def routes(desk: TicketDesk) -> list[Route]:
    """The route, over these tickets."""

    def post_live_ticket() -> LiveTicket:
        """A ticket, good for one connection within a minute."""
        given = desk.give(caller())
        return LiveTicket(
            ticket=given.secret,
            url=given.url,
            expires_at=iso(datetime.fromtimestamp(given.expires_at, UTC)),
            ends_at=iso(datetime.fromtimestamp(given.ends_at, UTC)),
            ping_seconds=given.ping_seconds,
            reconnect_seconds=given.reconnect_seconds,
        )

    return [
        Route(
            method="POST",
            path="/live/ticket",
            permission=Permission.READ,
            summary="A ticket for live updates: one connection, within a minute",
            call=post_live_ticket,
            success=201,
        )
    ]
