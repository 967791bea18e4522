"""Who calls, as far as a request tells: access key, Region, and the function's name if it is one.

Signatures are not verified: this is a simulator on loopback, not a guard.
"""

import re
from dataclasses import dataclass

from breakwater_local.drs.errors import SERVICE, ServiceError, unknown_region
from breakwater_local.drs.wire.model import regions

_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 .*?Credential=([^,\s]+)")
_APPLICATION = re.compile(r"(?:^|\s)app/(\S+)")
_SCOPE_PARTS = 5


@dataclass(frozen=True)
class Caller:
    """The signature's credential scope, and the user agent's application."""

    access_key: str
    region: str
    application: str | None
    """What the client was told in AWS_SDK_UA_APP_ID: for our functions, their name."""


def caller(authorization: str | None, user_agent: str | None) -> Caller:
    """The caller; without a usable signature, the error that AWS answers."""
    if not authorization:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
    found = _CREDENTIAL.match(authorization)
    parts = found.group(1).split("/") if found else []
    if len(parts) != _SCOPE_PARTS or not all(parts) or parts[4] != "aws4_request":
        raise ServiceError(
            "IncompleteSignatureException",
            "The Authorization header has no credential scope "
            "(<access key>/<date>/<Region>/drs/aws4_request)",
        )
    if parts[3] != SERVICE:
        raise ServiceError(
            "SignatureDoesNotMatch",
            f"Credential should be scoped to correct service: '{SERVICE}', not '{parts[3]}'",
        )
    if parts[2] not in regions():
        raise unknown_region(parts[2])
    application = _APPLICATION.search(user_agent or "")
    return Caller(parts[0], parts[2], application.group(1) if application else None)
