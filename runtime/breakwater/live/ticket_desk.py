"""Gives tickets to people who are signed in."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from breakwater.live.limits import PING_SECONDS
from breakwater.live.ticket import Ticket, ticket_until
from breakwater.live.ticket_store import TicketStore
from breakwater.platform.http.errors import NotSignedIn
from breakwater.platform.http.identity import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A ticket and what goes with it. Times are epoch seconds."""

    secret: str
    url: str
    expires_at: float
    ends_at: float
    ping_seconds: int
    reconnect_seconds: int


class TicketDesk:
    """Where tickets are asked for. Costs one PutItem each."""

    def __init__(
        self, store: TicketStore, url: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        """
        :param url: where clients connect.
        """
        self._store = store
        self._url = url
        self._clock = clock

    def give(self, identity: Identity) -> Given:
        """A ticket that says who it is, what they may, and until when."""
        now = self._clock()
        if identity.signed_in_until <= now:
            raise NotSignedIn("The token does not say when the sign-in ends. Sign in again.")
        ticket = Ticket(
            subject=identity.subject,
            name=identity.name,
            roles=identity.roles,
            signed_in_until=float(identity.signed_in_until),
            expires_at=ticket_until(now),
        )
        return Given(
            secret=self._store.give(ticket),
            url=self._url,
            expires_at=ticket.expires_at,
            ends_at=ticket.signed_in_until,
            ping_seconds=PING_SECONDS,
            reconnect_seconds=ticket.reconnect_seconds(now),
        )
