"""The ways in which the service says no. Shapes and statuses are botocore's; the words are ours."""

from dataclasses import dataclass
from typing import Any

SERVICE = "drs"


@dataclass(frozen=True)
class Denied:
    """What IAM does not allow."""

    action: str
    resource: str
    explicitly: bool = False
    """By a Deny; otherwise because nothing allows it."""


class ServiceError(Exception):
    """An answer that is an error of the service.

    :param name: the name of the error shape, or of one that every AWS service has.
    :param members: what the shape has beside its message.
    """

    def __init__(self, name: str, message: str, /, **members: Any) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.members = members


class DoesNotExist(Exception):
    """A resource that was named is not there; which error that is depends on the operation."""

    def __init__(self, resource_type: str, resource_id: str) -> None:
        super().__init__(f"{resource_type} {resource_id} does not exist")
        self.resource_type = resource_type
        self.resource_id = resource_id


class ConnectionLost(Exception):
    """The call was done, and its answer never arrives."""


def conflict(message: str, resource_type: str, resource_id: str) -> ServiceError:
    """What is asked does not go with the state that the resource is in."""
    return ServiceError(
        "ConflictException",
        message,
        code="409",
        resourceType=resource_type,
        resourceId=resource_id,
    )


def invalid(message: str, fields: list[tuple[str, str]] | None = None) -> ServiceError:
    """The request is not one that the service understands; all its faults at once."""
    members: dict[str, Any] = {"reason": "fieldValidationFailed" if fields else "other"}
    if fields:
        members["fieldList"] = [{"name": name, "message": text} for name, text in fields]
    return ServiceError("ValidationException", message, code="400", **members)


def over_quota(message: str, quota_code: str, resource_type: str, resource_id: str) -> ServiceError:
    """More than the account may have."""
    return ServiceError(
        "ServiceQuotaExceededException",
        message,
        code="402",
        serviceCode=SERVICE,
        quotaCode=quota_code,
        resourceType=resource_type,
        resourceId=resource_id,
    )


def throttled(retry_after_seconds: int) -> ServiceError:
    """Too many calls; come back later."""
    return ServiceError(
        "ThrottlingException",
        "Rate exceeded",
        serviceCode=SERVICE,
        retryAfterSeconds=str(retry_after_seconds),
    )


def uninitialized(account: str, region: str) -> ServiceError:
    """Nobody has begun to use the service here."""
    return ServiceError(
        "UninitializedAccountException",
        f"Account {account} has not been initialized to use Elastic Disaster Recovery in {region}",
        code="400",
    )


def access_denied(principal: str, denied: Denied) -> ServiceError:
    """IAM does not allow it, in IAM's words."""
    return ServiceError("AccessDeniedException", denial_text(principal, denied), code="403")


def denial_text(principal: str, denied: Denied) -> str:
    """Who may not do what to what, and why."""
    why = (
        "with an explicit deny in an identity-based policy"
        if denied.explicitly
        else f"because no identity-based policy allows the {denied.action} action"
    )
    return (
        f"User: {principal} is not authorized to perform: {denied.action} on resource: "
        f"{denied.resource} {why}"
    )


def unavailable(why: str) -> ServiceError:
    """What the answer depends on can't be asked."""
    return ServiceError("ServiceUnavailableException", f"Try again: {why}")


def too_large(most: int) -> ServiceError:
    """More than anybody needs to say."""
    return ServiceError(
        "RequestEntityTooLargeException", f"The body has more than {most} bytes, which is the most"
    )


def unknown_region(region: str) -> ServiceError:
    """Nobody can sign for a Region that is none."""
    return ServiceError(
        "InvalidSignatureException",
        f"Credential should be scoped to a valid Region, not {region!r}",
    )


def expired_session() -> ServiceError:
    """The credentials of an assumed role are past their time."""
    return ServiceError(
        "ExpiredTokenException", "The security token included in the request is expired"
    )


def internal() -> ServiceError:
    """It is them, not you."""
    return ServiceError(
        "InternalServerException", "An internal error occurred. Try again", retryAfterSeconds=1
    )
