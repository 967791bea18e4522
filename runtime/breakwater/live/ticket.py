"""What a ticket says of whoever holds it. Pure."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from breakwater.contract import Role
from breakwater.live.limits import (
    BEFORE_SIGN_OUT_SECONDS,
    LONGEST_CONNECTION_SECONDS,
    TICKET_SECONDS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Somebody may connect, once."""

    subject: str
    name: str
    roles: frozenset[Role]
    signed_in_until: float
    """Epoch seconds: the connection ends then."""

    expires_at: float
    """Epoch seconds after which nobody can connect with it."""

    def good_at(self, now: float) -> bool:
        """May somebody still connect with it?"""
        return now < self.expires_at and now < self.signed_in_until

    def reconnect_seconds(self, now: float) -> int:
        """After so long a client should connect anew."""
        left = self.signed_in_until - now
        early = max(left - BEFORE_SIGN_OUT_SECONDS, left / 2)
        return int(max(1, min(LONGEST_CONNECTION_SECONDS, early)))

    def to_values(self) -> dict[str, Any]:
        """As it stands in the table, and in the connection that is made with it."""
        return {
            "subject": self.subject,
            "name": self.name,
            "roles": " ".join(sorted(self.roles)),
            "signedInUntil": self.signed_in_until,
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any], *, expires_at: float) -> Self:
        """The ticket that the table, or the authorizer, tells of."""
        known = {role.value for role in Role}
        return cls(
            subject=str(values["subject"]),
            name=str(values["name"]),
            roles=frozenset(Role(one) for one in str(values["roles"]).split() if one in known),
            signed_in_until=float(values["signedInUntil"]),
            expires_at=expires_at,
        )


def new_secret() -> str:
    """What the holder shows: 256 bits that nobody guesses."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is kept of it: whoever reads the table cannot connect."""
    return sha256(secret.encode()).hexdigest()


def ticket_until(now: float) -> float:
    """When a ticket that is given now ends."""
    return now + TICKET_SECONDS
