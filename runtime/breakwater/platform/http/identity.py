"""Who asks: read from the claims of the token that the gateway has checked, never from a body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from breakwater.contract import Role
from breakwater.platform.http.errors import Forbidden, NotSignedIn
from breakwater.platform.http.permissions import Permission, is_allowed, roles_with


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A signed-in person."""

    subject: str
    """The user pool's own id: stays when a name changes."""

    name: str
    """What people know them by: the e-mail address, else the user name."""

    roles: frozenset[Role]
    """Known groups only: one that we do not know gives nothing."""

    address: str = ""
    """The IP address that the request came from."""

    signed_in_until: int = 0
    """Epoch seconds when the token ends."""

    def require(self, permission: Permission) -> None:
        """Refuse, naming the roles that would do."""
        if not is_allowed(self.roles, permission):
            needed = " or ".join(sorted(roles_with(permission)))
            yours = ", ".join(sorted(self.roles)) or "none"
            raise Forbidden(
                f"This needs the role {needed}; yours: {yours}. A commander can add you to the "
                "group in the user pool.",
                details={"needed": sorted(roles_with(permission)), "yours": sorted(self.roles)},
            )


def identity_of(claims: Mapping[str, Any], address: str = "") -> Identity:
    """The person behind these claims.

    Only the ID token will do: it says what people are known by. With an access token the same
    person would stand in the audit trail under another name.
    """
    if claims.get("token_use") != "id":
        raise NotSignedIn("This is no ID token. Send the ID token of the sign-in.")
    subject = str(claims.get("sub") or "")
    if not subject:
        raise NotSignedIn("The token names nobody. Sign in again.")
    name = claims.get("email") or claims.get("cognito:username") or claims.get("username")
    known = {role.value for role in Role}
    groups = _groups(claims.get("cognito:groups"))
    return Identity(
        subject=subject,
        name=str(name or subject),
        roles=frozenset(Role(group) for group in groups if group in known),
        address=address,
        signed_in_until=int(claims.get("exp") or 0),
    )


def _groups(claim: Any) -> list[str]:
    """A list as the token has it, or `"[operator viewer]"` as an HTTP API hands it on.

    Split at spaces only: they are all that a group's name cannot have. `x,commander` is one group.
    """
    if isinstance(claim, list | tuple):
        return [str(group) for group in claim]
    text = str(claim or "").strip()
    return text.removeprefix("[").removesuffix("]").split(" ")
